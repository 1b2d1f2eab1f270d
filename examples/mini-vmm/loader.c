/* SPDX-License-Identifier: MIT
 * loader.c - ELF and raw images into guest RAM (System V ABI, chapter 4 and 5).
 *
 * Nothing in a file is believed before it is checked: the user may have named
 * any file, and each way to be wrong has its own sentence.
 */
#include "loader.h"

#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEGMENTS_MAX 64u

struct image {
	const char *path;
	int fd;
	uint64_t size;
};

static bool image_open(struct image *image, const char *path, struct problem *problem)
{
	struct stat st;

	image->path = path;
	/* A pipe without a writer is to be refused, not waited for. */
	image->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (image->fd < 0 || fstat(image->fd, &st)) {
		problem_set(problem, "%s: %s", path, strerror(errno));
	} else if (!S_ISREG(st.st_mode)) {
		problem_set(problem, "%s: not a regular file", path);
	} else {
		image->size = (uint64_t)st.st_size;
		return true;
	}
	if (image->fd >= 0)
		close(image->fd);
	return false;
}

static bool read_at(const struct image *image, uint64_t offset, void *buf, uint64_t n,
		    struct problem *problem)
{
	uint8_t *to = buf;

	if (offset > image->size || n > image->size - offset)
		return problem_set(problem, "%s: truncated: it ends before offset 0x%" PRIx64,
				   image->path, offset + n);
	while (n) {
		ssize_t got = pread(image->fd, to, (size_t)n, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return problem_set(problem, "%s: %s", image->path,
					   got ? strerror(errno) : "it shrank while being read");
		to += got;
		offset += (uint64_t)got;
		n -= (uint64_t)got;
	}
	return true;
}

static bool check_header(const struct image *image, const Elf32_Ehdr *h, struct problem *problem)
{
	const char *path = image->path;

	if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0)
		return problem_set(problem, "%s: not an ELF file (raw images need --raw)", path);
	if (h->e_ident[EI_CLASS] != ELFCLASS32)
		return problem_set(problem, "%s: not a 32-bit ELF file", path);
	if (h->e_ident[EI_DATA] != ELFDATA2MSB)
		return problem_set(problem, "%s: not a big-endian ELF file", path);
	if (be16toh(h->e_machine) != EM_PPC)
		return problem_set(problem, "%s: an ELF file for machine %u, not PowerPC (%u)",
				   path, be16toh(h->e_machine), EM_PPC);
	if (be16toh(h->e_type) != ET_EXEC && be16toh(h->e_type) != ET_DYN)
		return problem_set(problem, "%s: an ELF file, but not an executable", path);
	if (be16toh(h->e_phentsize) != sizeof(Elf32_Phdr) || be16toh(h->e_phnum) > SEGMENTS_MAX)
		return problem_set(problem, "%s: malformed ELF program headers", path);
	return true;
}

static bool load_segment(const struct guest_ram *ram, const struct image *image,
			 const Elf32_Phdr *p, struct loaded *out, struct problem *problem)
{
	uint64_t start = be32toh(p->p_paddr);
	uint64_t in_file = be32toh(p->p_filesz);
	uint64_t end = start + be32toh(p->p_memsz);

	if (in_file > end - start)
		return problem_set(problem,
				   "%s: a segment's size in the file exceeds that in memory",
				   image->path);
	if (end > ram->size)
		return problem_set(problem,
				   "%s: does not fit into RAM: needs 0x%" PRIx64 "..0x%" PRIx64
				   ", there are 0x%" PRIx64 " bytes",
				   image->path, start, end - 1, ram->size);
	if (!read_at(image, be32toh(p->p_offset), ram->bytes + start, in_file, problem))
		return false;
	memset(ram->bytes + start + in_file, 0, (size_t)(end - start - in_file));
	if (end > out->end)
		out->end = end;
	return true;
}

/* The entry is a virtual address; the segment that holds it says where that is in RAM. */
static void find_entry(const Elf32_Phdr *p, uint32_t entry, struct loaded *out)
{
	uint32_t into = entry - be32toh(p->p_vaddr);

	if (entry >= be32toh(p->p_vaddr) && into < be32toh(p->p_memsz))
		out->entry = (uint64_t)be32toh(p->p_paddr) + into;
}

static bool load_elf(const struct guest_ram *ram, const struct image *image, struct loaded *out,
		     struct problem *problem)
{
	Elf32_Phdr segment[SEGMENTS_MAX];
	Elf32_Ehdr header = { 0 };
	unsigned count;

	/* A file shorter than the header may still be named for what it is not. */
	if (!read_at(image, 0, &header, image->size < SELFMAG ? 0 : SELFMAG, problem))
		return false;
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
	    !read_at(image, 0, &header, sizeof(header), problem))
		return false;
	if (!check_header(image, &header, problem))
		return false;
	count = be16toh(header.e_phnum);
	if (!read_at(image, be32toh(header.e_phoff), segment, count * sizeof(segment[0]), problem))
		return false;
	*out = (struct loaded){ .entry = UINT64_MAX };
	for (unsigned i = 0; i < count; i++) {
		if (be32toh(segment[i].p_type) != PT_LOAD || !segment[i].p_memsz)
			continue;
		if (!load_segment(ram, image, &segment[i], out, problem))
			return false;
		find_entry(&segment[i], be32toh(header.e_entry), out);
	}
	if (out->entry == UINT64_MAX || out->entry % 4)
		return problem_set(problem, "%s: its entry 0x%x is in no segment", image->path,
				   be32toh(header.e_entry));
	return true;
}

bool loader_elf(const struct guest_ram *ram, const char *path, struct loaded *out,
		struct problem *problem)
{
	struct image image;
	bool ok;

	if (!image_open(&image, path, problem))
		return false;
	ok = load_elf(ram, &image, out, problem);
	close(image.fd);
	return ok;
}

bool loader_raw(const struct guest_ram *ram, const char *path, uint64_t address, uint64_t limit,
		struct loaded *out, struct problem *problem)
{
	struct image image;
	bool ok = false;

	if (!image_open(&image, path, problem))
		return false;
	if (limit > ram->size)
		limit = ram->size;
	if (!image.size)
		problem_set(problem, "%s: is empty", path);
	else if (address > limit || image.size > limit - address)
		problem_set(problem,
			    "%s: does not fit: its 0x%" PRIx64 " bytes would begin at 0x%" PRIx64
			    " and must end by 0x%" PRIx64,
			    path, image.size, address, limit);
	else
		ok = read_at(&image, 0, ram->bytes + address, image.size, problem);
	close(image.fd);
	*out = (struct loaded){ address, address + image.size };
	return ok;
}
