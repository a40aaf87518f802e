#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

enum phase { CLOSED, CONNECTING, IDLE, SENDING, READING };

struct connection {
    int fd;
    int target;
    enum phase phase;
    long message;
    size_t sent;
    size_t received;
    uint64_t started_us;
    uint64_t open_again_us;
    char buffer[4096];
};

// A request that waits to be repeated.
struct repeat {
    long message;
    uint64_t not_before_us;
};

struct load {
    const struct options *options;
    const struct bodies *bodies;
    struct results *results;
    struct connection *connections;
    struct repeat *repeats; // a ring
    long repeat_head, repeat_count;
    long next;
    long open; // requests without a final answer
    int epoll;
    int first;
    bool stopped;
    bool left[MAX_PORTS];
    uint64_t began_us, last_answer_us;
    FILE *accepted;
};

static volatile sig_atomic_t stop_asked, leave_asked;

static void on_signal(int number) {
    if (number == SIGUSR1) leave_asked = 1;
    else stop_asked = 1;
}

static uint64_t now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static void close_connection(struct load *load, struct connection *connection, uint64_t again_us) {
    if (connection->fd >= 0) close(connection->fd);
    connection->fd = -1;
    connection->phase = CLOSED;
    connection->message = -1;
    connection->open_again_us = again_us;
    int count = load->options->port_count;
    for (int i = 0; i < count && load->left[connection->target]; i++)
        connection->target = (connection->target + 1) % count;
}

static void finish(struct load *load, bool answered) {
    load->open--;
    if (!answered) load->results->lost++;
}

static void repeat(struct load *load, long message, uint64_t not_before) {
    if (!load->options->retry || load->stopped) {
        finish(load, false);
        return;
    }
    load->results->retried++;
    load->repeats[(load->repeat_head + load->repeat_count++) % load->options->count] =
        (struct repeat){message, not_before};
}

// The peer is gone: what was under way goes elsewhere.
static void fail(struct load *load, struct connection *connection) {
    bool connecting = connection->phase == CONNECTING;
    if (connection->message >= 0) {
        load->results->connection_errors++;
        repeat(load, connection->message, now_us() + 20000);
    }
    connection->target = (connection->target + 1) % load->options->port_count;
    close_connection(load, connection, now_us() + (connecting ? 20000 : 0));
}

static void watch(struct load *load, struct connection *connection, uint32_t events, int operation) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(load->epoll, operation, connection->fd, &event);
}

static void open_connection(struct load *load, struct connection *connection) {
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->fd < 0) {
        perror("webhook-load: socket");
        exit(71);
    }
    int one = 1;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)load->options->ports[connection->target]),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connection->phase = CONNECTING;
    connection->started_us = now_us();
    if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) {
        fail(load, connection);
        return;
    }
    watch(load, connection, EPOLLIN | EPOLLOUT | EPOLLRDHUP, EPOLL_CTL_ADD);
}

static void send_rest(struct load *load, struct connection *connection) {
    const uint64_t *offsets = load->bodies->offsets;
    size_t length = offsets[connection->message + 1] - offsets[connection->message];
    const char *bytes = load->bodies->bytes + offsets[connection->message];
    while (connection->sent < length) {
        ssize_t count = send(connection->fd, bytes + connection->sent, length - connection->sent, MSG_NOSIGNAL);
        if (count > 0) {
            connection->sent += (size_t)count;
        } else if (errno == EAGAIN) {
            connection->phase = SENDING;
            watch(load, connection, EPOLLIN | EPOLLOUT | EPOLLRDHUP, EPOLL_CTL_MOD);
            return;
        } else if (errno != EINTR) {
            fail(load, connection);
            return;
        }
    }
    if (connection->phase == SENDING) watch(load, connection, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_MOD);
    connection->phase = READING;
}

// The next message whose time has come; -1 without.
static long take(struct load *load, uint64_t now) {
    if (load->stopped) return -1;
    if (load->repeat_count && load->repeats[load->repeat_head].not_before_us <= now) {
        long message = load->repeats[load->repeat_head].message;
        load->repeat_head = (load->repeat_head + 1) % load->options->count;
        load->repeat_count--;
        return message;
    }
    if (load->next >= load->options->count) return -1;
    double rate = load->options->rate;
    if (rate > 0 && (double)load->next / rate * 1e6 > (double)(now - load->began_us)) return -1;
    return load->next++;
}

static void dispatch(struct load *load, struct connection *connection) {
    if (load->left[connection->target]) {
        close_connection(load, connection, 0);
        return;
    }
    uint64_t now = now_us();
    long message = take(load, now);
    if (message < 0) return;
    connection->message = message;
    connection->sent = connection->received = 0;
    connection->started_us = now;
    connection->phase = READING;
    send_rest(load, connection);
}

static void record(struct load *load, struct connection *connection, struct answer answer) {
    struct results *results = load->results;
    uint64_t now = now_us(), took = now - connection->started_us;
    long message = connection->message;
    load->last_answer_us = now;
    results->answered++;
    results->statuses[answer.status]++;
    if (answer.status == 503) {
        if (answer.retry_after < 0) results->without_retry_after++;
        if (took > results->slowest_503_us) results->slowest_503_us = took;
        if (load->options->retry) {
            uint64_t pause = answer.retry_after > 0 ? 1000000 : 200000;
            repeat(load, message, now + pause);
            return;
        }
    }
    if (answer.status == 200) {
        if (results->latency_count < load->options->count)
            results->latencies_us[results->latency_count++] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
        if (load->accepted) {
            char wamid[128];
            write_wamid(load->options, message, wamid, sizeof wamid);
            fprintf(load->accepted, "%s %lld %ld %d\n", wamid, phone_of(load->options, message),
                    tenant_of(load->options, message), load->options->ports[connection->target]);
        }
        long progress = load->options->progress;
        if (progress && results->statuses[200] % progress == 0) {
            printf("progress %ld\n", results->statuses[200]);
            fflush(stdout);
            if (load->accepted) fflush(load->accepted);
        }
    }
    finish(load, true);
}

static void receive(struct load *load, struct connection *connection) {
    ssize_t count = recv(connection->fd, connection->buffer + connection->received,
                         sizeof connection->buffer - connection->received, 0);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (connection->phase == IDLE || count <= 0) {
        // Closed by the peer while idle is no error.
        if (connection->phase == IDLE) close_connection(load, connection, 0);
        else fail(load, connection);
        return;
    }
    connection->received += (size_t)count;
    struct answer answer = read_answer(connection->buffer, connection->received);
    if (answer.status == 0 && connection->received < sizeof connection->buffer) return;
    if (answer.status <= 0) {
        fprintf(stderr, "webhook-load: not an HTTP answer that I can read\n");
        fail(load, connection);
        return;
    }
    record(load, connection, answer);
    connection->message = -1;
    connection->phase = IDLE;
    if (answer.closes) close_connection(load, connection, 0);
    else dispatch(load, connection);
}

static void on_event(struct load *load, struct connection *connection, uint32_t events) {
    switch (connection->phase) {
    case CLOSED: return;
    case CONNECTING: {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error || events & (EPOLLERR | EPOLLHUP)) {
            fail(load, connection);
            return;
        }
        watch(load, connection, EPOLLIN | EPOLLRDHUP, EPOLL_CTL_MOD);
        connection->phase = IDLE;
        dispatch(load, connection);
        return;
    }
    case SENDING:
        if (events & EPOLLOUT) send_rest(load, connection);
        else if (events & (EPOLLERR | EPOLLHUP)) fail(load, connection);
        return;
    case IDLE:
    case READING: receive(load, connection);
    }
}

// What no event of a socket brings: openings, time-outs, messages whose time has come.
static void attend(struct load *load) {
    uint64_t now = now_us(), limit = (uint64_t)load->options->timeout_ms * 1000;
    if (leave_asked) load->left[0] = true;
    if (stop_asked && !load->stopped) {
        load->stopped = true;
        load->open -= load->options->count - load->next;
        load->open -= load->repeat_count;
        load->results->lost += load->repeat_count;
        load->repeat_count = 0;
    }
    // From another one each time, so that a slow load is spread too.
    load->first = (load->first + 1) % load->options->connections;
    for (int i = 0; i < load->options->connections; i++) {
        struct connection *connection = &load->connections[(load->first + i) % load->options->connections];
        if (connection->phase == CLOSED) {
            if (now >= connection->open_again_us) open_connection(load, connection);
        } else if (connection->phase == IDLE) {
            dispatch(load, connection);
        } else if (now > connection->started_us + limit) {
            fail(load, connection);
        }
    }
    if ((double)(now - load->last_answer_us) > load->options->give_up_seconds * 1e6) load->results->gave_up = true;
}

void run_load(const struct options *options, const struct bodies *bodies, struct results *results) {
    struct load load = {.options = options, .bodies = bodies, .results = results, .open = options->count};
    load.connections = calloc((size_t)options->connections, sizeof *load.connections);
    load.repeats = calloc((size_t)options->count, sizeof *load.repeats);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (!load.connections || !load.repeats || load.epoll < 0) exit(71);
    if (options->accepted_file && !(load.accepted = fopen(options->accepted_file, "w"))) {
        perror(options->accepted_file);
        exit(73);
    }
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    load.began_us = load.last_answer_us = now_us();
    for (int i = 0; i < options->connections; i++)
        load.connections[i] = (struct connection){.fd = -1, .target = i % options->port_count, .message = -1};
    struct epoll_event events[64];
    uint64_t attended = 0;
    while (load.open > 0 && !results->gave_up) {
        uint64_t now = now_us();
        if (now >= attended + 1000) {
            attend(&load);
            attended = now;
        }
        bool waits = load.repeat_count || options->rate > 0;
        int count = epoll_wait(load.epoll, events, 64, waits ? 1 : 10);
        for (int i = 0; i < count; i++) on_event(&load, events[i].data.ptr, events[i].events);
    }
    results->seconds = (double)(now_us() - load.began_us) / 1e6;
    if (load.accepted) fclose(load.accepted);
}
