/* SPDX-License-Identifier: MIT
 * jit_version.c - the versions of blocks, by unit, EA and state [jit_version.h].
 *
 * Called by jit.c: when a branch is to be linked, a block dies, or code makes room.
 */
#include "jit.h"

static uint32_t *bucket_of(struct jit_versions *v, uint32_t ea)
{
	return &v->bucket[(ea / 4 ^ ea / SOFT_PAGE) % JIT_VERSION_BUCKETS];
}

static void enter(struct jit_versions *v, struct jit_version version)
{
	uint32_t *bucket = bucket_of(v, version.ea);

	version.next = *bucket;
	v->version[v->count++] = version;
	*bucket = v->count;
}

uint32_t mol_jit_version(struct soft *s, uint32_t unit, uint32_t ea, uint32_t state)
{
	struct jit *jit = s->jit;
	struct jit_versions *v = &jit->versions;
	const struct jit_unit *u = &jit->table.unit[unit];
	struct soft_block *b;
	struct jit_version new = { .unit = unit, .ea = ea, .state = state, .undo = jit->a.at };
	unsigned others = 0;

	for (uint32_t n = *bucket_of(v, ea); n; n = v->version[n - 1].next) {
		const struct jit_version *p = &v->version[n - 1];

		if (p->unit != unit || p->ea != ea)
			continue;
		if (p->state == state)
			return p->code;
		others++;
	}
	b = mol_soft_cache_find(&s->cache, u->host | ea % SOFT_PAGE, u->mode);
	if (v->count == JIT_VERSIONS) /* of which some may be dead */
		mol_jit_version_evict(s, 0, 0);
	if (!b || others >= JIT_VERSIONS_EACH || v->count == JIT_VERSIONS)
		return 0;
	new.code = mol_jit_translate(s, b, ea, unit, state);
	if (new.code) {
		enter(v, new);
		jit->table.unit[unit].live++;
		b->translations++;
	}
	return new.code;
}

bool mol_jit_version_kill(struct jit *jit, uint32_t unit, uint32_t ea, struct soft_block *b)
{
	struct jit_versions *v = &jit->versions;
	bool any = false;

	for (uint32_t *n = bucket_of(v, ea); *n;) {
		struct jit_version *p = &v->version[*n - 1];

		if (p->unit != unit || p->ea != ea) {
			n = &p->next;
			continue;
		}
		mol_jit_emit_dead(jit, p->code, ea, p->undo);
		p->unit = 0; /* dead: there is no such unit */
		*n = p->next;
		jit->table.unit[unit].live--;
		b->translations--;
		any = true;
	}
	return any;
}

void mol_jit_version_clear(struct jit_versions *v)
{
	memset(v->bucket, 0, sizeof(v->bucket));
	v->count = 0;
}

void mol_jit_version_evict(struct soft *s, uint32_t from, uint32_t size)
{
	struct jit_versions *v = &s->jit->versions;
	uint32_t count = v->count;

	mol_jit_version_clear(v);
	for (uint32_t n = 0; n < count; n++) {
		const struct jit_version *p = &v->version[n];

		if (!p->unit)
			continue;
		if (p->code - from >= size) {
			enter(v, *p);
			continue;
		}
		s->jit->table.unit[p->unit].live--;
		mol_jit_evicted(s, p->unit, p->ea);
	}
}
