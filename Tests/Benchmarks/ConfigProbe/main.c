// How long a changed verify token takes until every node takes it, from the RPC's answer. A program of its own, of
// blocking sockets that stay open, since what measures shares the cores with what is measured.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "probe.h"

enum { MAX_NODES = 16, MAX_CHANGES = 10000, GIVE_UP_MS = 60000 };

static void usage(void) {
    fprintf(stderr, "usage: config-probe CONTROL_PORT ADMIN_TOKEN TENANT CHANNEL CHANGES PAUSE_MS NODE_PORT…\n"
                    "Prints each change's milliseconds, a line each.\n");
    exit(64);
}

static double now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void sleep_ms(long ms) {
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static void change_token(struct wire *control, const char *admin, const char *channel, int change) {
    char body[512], request[1024];
    int length = snprintf(body, sizeof body,
                          "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"channel.update\",\"params\":{\"id\":\"%s\","
                          "\"config\":{\"webhookVerifyToken\":\"probe-%d\"}}}",
                          change, channel, change);
    int size = snprintf(request, sizeof request,
                        "POST /rpc HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
                        "authorization: Bearer %s\r\ncontent-length: %d\r\n\r\n%s",
                        admin, length, body);
    if (size >= (int)sizeof request) usage();
    wire_send(control, request);
    int status = wire_answer(control);
    if (status != 200 || !strstr(wire_body(control), "\"result\"")) {
        fprintf(stderr, "config-probe: channel.update: %d %s\n", status, wire_body(control));
        exit(1);
    }
}

// Asks every node that is still to be asked at once; says of each what it answered.
static void ask(struct wire *nodes, int count, const bool *done, const char *tenant, int token, int *statuses) {
    char request[512];
    snprintf(request, sizeof request,
             "GET /api/integrations/whatsapp/%s?hub.mode=subscribe&hub.verify_token=probe-%d&hub.challenge=1158201444 "
             "HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
             tenant, token);
    for (int node = 0; node < count; node++)
        if (!done[node]) wire_send(&nodes[node], request);
    for (int node = 0; node < count; node++)
        if (!done[node]) statuses[node] = wire_answer(&nodes[node]);
}

static void must_be(int status, int wanted, int node, int change) {
    if (status == wanted) return;
    fprintf(stderr, "config-probe: node %d answered %d after change %d, not %d\n", node, status, change, wanted);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc < 8 || argc - 7 > MAX_NODES) usage();
    int changes = atoi(argv[5]), count = argc - 7;
    long pause_ms = atol(argv[6]);
    if (changes < 1 || changes > MAX_CHANGES || pause_ms < 0) usage();
    struct wire control = wire_to(atoi(argv[1])), nodes[MAX_NODES];
    for (int node = 0; node < count; node++) nodes[node] = wire_to(atoi(argv[7 + node]));
    for (int change = 1; change <= changes; change++) {
        bool done[MAX_NODES] = {false};
        int statuses[MAX_NODES], left = count;
        change_token(&control, argv[2], argv[4], change);
        double answered = now_ms();
        while (true) {
            ask(nodes, count, done, argv[3], change, statuses);
            for (int node = 0; node < count; node++) {
                if (done[node]) continue;
                if (statuses[node] != 200) {
                    must_be(statuses[node], 403, node, change);
                    continue;
                }
                done[node] = true;
                left--;
            }
            if (!left) break;
            if (now_ms() - answered > GIVE_UP_MS) must_be(0, 200, -1, change);
            sleep_ms(1);
        }
        printf("%.3f\n", now_ms() - answered);
        // What was, is no more.
        bool none[MAX_NODES] = {false};
        ask(nodes, count, none, argv[3], change - 1, statuses);
        for (int node = 0; node < count; node++) must_be(statuses[node], 403, node, change);
        sleep_ms(pause_ms);
    }
    return 0;
}
