#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "probe.h"

static void fail(const char *what) {
    perror(what);
    exit(1);
}

struct wire wire_to(int port) {
    struct wire wire = {.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval limit = {.tv_sec = 15};
    int one = 1;
    if (wire.socket < 0 || connect(wire.socket, (struct sockaddr *)&address, sizeof address) != 0)
        fail("config-probe: connect");
    setsockopt(wire.socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(wire.socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return wire;
}

void wire_send(struct wire *wire, const char *request) {
    size_t size = strlen(request);
    for (size_t sent = 0; sent < size;) {
        ssize_t count = send(wire->socket, request + sent, size - sent, MSG_NOSIGNAL);
        if (count <= 0) fail("config-probe: send");
        sent += (size_t)count;
    }
}

int wire_answer(struct wire *wire) {
    wire->filled = 0;
    while (wire->filled < sizeof wire->bytes - 1) {
        ssize_t count = recv(wire->socket, wire->bytes + wire->filled, sizeof wire->bytes - 1 - wire->filled, 0);
        if (count <= 0) fail("config-probe: recv");
        wire->filled += (size_t)count;
        wire->bytes[wire->filled] = 0;
        const char *end = strstr(wire->bytes, "\r\n\r\n");
        if (!end) continue;
        wire->head = (size_t)(end - wire->bytes) + 4;
        const char *length = strcasestr(wire->bytes, "\r\ncontent-length:");
        if (strncmp(wire->bytes, "HTTP/1.1 ", 9) != 0 || !length || length > end) break;
        if (wire->filled >= wire->head + strtoul(length + 17, NULL, 10)) return atoi(wire->bytes + 9);
    }
    fprintf(stderr, "config-probe: not an answer that I can read: %s\n", wire->bytes);
    exit(1);
}

const char *wire_body(const struct wire *wire) { return wire->bytes + wire->head; }
