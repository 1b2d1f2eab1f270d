/* SPDX-License-Identifier: MIT */
/*
 * check-net.c - a TCP exchange with the host, verified at both ends.
 *
 * Small programs that a ping cannot replace: several segments in flight each
 * way, a payload that both sides can compute.  The protocol, which run-check.py
 * speaks on the host's side:
 *	guest: the nonce and a newline
 *	host:  the nonce reversed and a newline
 *	guest: PAYLOAD bytes of the nonce's sequence, then end of stream
 *	host:  the same bytes, each xor 0x5a, then end of stream
 *
 * Usage: check-net ADDRESS PORT NONCE.  Called by checks/30-net; status 0 is ok.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PAYLOAD (256 * 1024)
#define REPLY_XOR 0x5a

static uint8_t payload[PAYLOAD];
static uint8_t reply[PAYLOAD];

static void fail(const char *why)
{
	perror(why);
	exit(1);
}

/* A 32-bit linear congruence seeded with the sum of the nonce's bytes; its top byte each step. */
static void fill_payload(const char *nonce)
{
	uint32_t state = 0;

	for (const char *s = nonce; *s; s++)
		state = state * 31 + (uint8_t)*s;
	for (size_t i = 0; i < PAYLOAD; i++) {
		state = state * 1664525 + 1013904223;
		payload[i] = (uint8_t)(state >> 24);
	}
}

static void send_all(int fd, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size > 0) {
		ssize_t n = write(fd, at, size);

		if (n <= 0)
			fail("send");
		at += n;
		size -= (size_t)n;
	}
}

static void receive_all(int fd, void *data, size_t size, const char *what)
{
	uint8_t *at = data;
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, at + got, size - got);

		if (n < 0)
			fail(what);
		if (n == 0) {
			printf("%s: the host closed after %zu of %zu bytes\n", what, got, size);
			exit(1);
		}
		got += (size_t)n;
	}
}

static int connect_to(const char *address, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)) };
	struct timeval patience = { .tv_sec = 30 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1) {
		printf("'%s' is not an IPv4 address\n", address);
		exit(1);
	}
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		fail("connect");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
		fail("setsockopt");
	return fd;
}

static void exchange_nonce(int fd, const char *nonce)
{
	size_t length = strlen(nonce);
	char line[128], back[128];

	if (length + 1 > sizeof(line)) {
		puts("the nonce is too long");
		exit(1);
	}
	memcpy(line, nonce, length);
	line[length] = '\n';
	send_all(fd, line, length + 1);
	receive_all(fd, back, length + 1, "nonce");
	for (size_t i = 0; i < length; i++) {
		if (back[i] != nonce[length - 1 - i]) {
			printf("the host answered '%.*s' to '%s'\n", (int)length, back, nonce);
			exit(1);
		}
	}
}

int main(int argc, char **argv)
{
	char extra;
	int fd;

	if (argc != 4) {
		puts("usage: check-net ADDRESS PORT NONCE");
		return 2;
	}
	fd = connect_to(argv[1], argv[2]);
	exchange_nonce(fd, argv[3]);
	fill_payload(argv[3]);
	send_all(fd, payload, PAYLOAD);
	if (shutdown(fd, SHUT_WR) < 0)
		fail("shutdown");
	receive_all(fd, reply, PAYLOAD, "payload");
	for (size_t i = 0; i < PAYLOAD; i++) {
		if (reply[i] != (payload[i] ^ REPLY_XOR)) {
			printf("byte %zu came back as %02x, not %02x\n", i, reply[i],
			       payload[i] ^ REPLY_XOR);
			return 1;
		}
	}
	if (read(fd, &extra, 1) != 0) {
		puts("the host sent more than the payload");
		return 1;
	}
	printf("%d bytes each way\n", PAYLOAD);
	return 0;
}
