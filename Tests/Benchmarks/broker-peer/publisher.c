/* The yardstick: what a plain C program over rabbitmq-c reaches with the same work as `broker-bench`.
 *
 *   publisher publish HOST PORT QUEUE COUNT WINDOW BODY_BYTES
 *   publisher consume HOST PORT QUEUE COUNT PREFETCH
 *
 * Prints "RATE CPU_SECONDS_PER_10000". The queue is a quorum queue; publishes are persistent and mandatory.
 */
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static void die(const char *what) {
    fprintf(stderr, "publisher: %s\n", what);
    exit(1);
}

static void check(amqp_connection_state_t connection, const char *what) {
    if (amqp_get_rpc_reply(connection).reply_type != AMQP_RESPONSE_NORMAL) die(what);
}

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void next_frame(amqp_connection_state_t connection, amqp_frame_t *frame) {
    amqp_maybe_release_buffers(connection);
    if (amqp_simple_wait_frame(connection, frame) != AMQP_STATUS_OK) die("the connection failed");
}

static void publish(amqp_connection_state_t connection, const char *queue, long count, long window, size_t size) {
    amqp_confirm_select(connection, 1);
    check(connection, "confirm.select");
    char *body = malloc(size);
    memset(body, 'x', size);
    amqp_bytes_t bytes = {size, body};
    long sent = 0, confirmed = 0, outstanding = 0;
    uint64_t lowest = 1;
    unsigned char *done = calloc((size_t)count + 2, 1);
    while (confirmed < count) {
        while (sent < count && outstanding < window) {
            char id[48];
            snprintf(id, sizeof id, "01890a5d-ac96-774b-bcce-%012lx", sent);
            amqp_basic_properties_t properties;
            memset(&properties, 0, sizeof properties);
            properties._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG;
            properties.content_type = amqp_cstring_bytes("application/json");
            properties.delivery_mode = 2;
            properties.message_id = amqp_cstring_bytes(id);
            if (amqp_basic_publish(
                    connection, 1, amqp_empty_bytes, amqp_cstring_bytes(queue), 1, 0, &properties, bytes)
                != AMQP_STATUS_OK)
                die("publish");
            sent++;
            outstanding++;
        }
        /* Take every confirm that is there before sending more. */
        do {
            amqp_frame_t frame;
            next_frame(connection, &frame);
            if (frame.frame_type != AMQP_FRAME_METHOD || frame.payload.method.id != AMQP_BASIC_ACK_METHOD)
                die("not a confirm");
            amqp_basic_ack_t *ack = frame.payload.method.decoded;
            for (uint64_t tag = ack->multiple ? lowest : ack->delivery_tag; tag <= ack->delivery_tag; tag++) {
                if (done[tag]) continue;
                done[tag] = 1;
                confirmed++;
                outstanding--;
            }
            while (lowest <= (uint64_t)sent && done[lowest]) lowest++;
        } while (amqp_data_in_buffer(connection) || amqp_frames_enqueued(connection));
    }
    free(done);
    free(body);
}

static void consume(amqp_connection_state_t connection, const char *queue, long count, long prefetch) {
    amqp_basic_qos(connection, 1, 0, (uint16_t)prefetch, 0);
    check(connection, "basic.qos");
    amqp_basic_consume(
        connection, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
    check(connection, "basic.consume");
    for (long taken = 0; taken < count; taken++) {
        amqp_envelope_t envelope;
        amqp_maybe_release_buffers(connection);
        if (amqp_consume_message(connection, &envelope, NULL, 0).reply_type != AMQP_RESPONSE_NORMAL) die("consume");
        if (amqp_basic_ack(connection, 1, envelope.delivery_tag, 0) != AMQP_STATUS_OK) die("ack");
        amqp_destroy_envelope(&envelope);
    }
}

int main(int argc, char **argv) {
    if (argc < 7) die("usage: publish|consume HOST PORT QUEUE COUNT WINDOW|PREFETCH [BODY_BYTES]");
    long count = atol(argv[5]), window = atol(argv[6]);
    amqp_connection_state_t connection = amqp_new_connection();
    amqp_socket_t *socket = amqp_tcp_socket_new(connection);
    if (amqp_socket_open(socket, argv[2], atoi(argv[3])) != AMQP_STATUS_OK) die("cannot connect");
    if (amqp_login(connection, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest").reply_type
        != AMQP_RESPONSE_NORMAL)
        die("cannot log in");
    amqp_channel_open(connection, 1);
    check(connection, "channel.open");
    amqp_table_entry_t entry;
    entry.key = amqp_cstring_bytes("x-queue-type");
    entry.value.kind = AMQP_FIELD_KIND_UTF8;
    entry.value.value.bytes = amqp_cstring_bytes("quorum");
    amqp_table_t arguments = {1, &entry};
    amqp_queue_declare(connection, 1, amqp_cstring_bytes(argv[4]), 0, 1, 0, 0, arguments);
    check(connection, "queue.declare");

    double start = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (strcmp(argv[1], "publish") == 0) {
        publish(connection, argv[4], count, window, argc > 7 ? (size_t)atol(argv[7]) : 600);
    } else {
        consume(connection, argv[4], count, window);
    }
    double elapsed = seconds(CLOCK_MONOTONIC) - start;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("%.0f %.4f\n", (double)count / elapsed, cpu / (double)count * 10000);
    amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(connection);
    return 0;
}
