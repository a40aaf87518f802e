#pragma once
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#include <amqp_ssl_socket.h>

/* What Swift cannot call: variadics, and the framing around rabbitmq-c's own method and property encoders. */

static inline amqp_table_entry_t metachat_amqp_entry(const char *key, uint8_t kind) {
    amqp_table_entry_t entry;
    memset(&entry, 0, sizeof(entry));
    entry.key = amqp_cstring_bytes(key);
    entry.value.kind = kind;
    return entry;
}

/* Logs in with PLAIN and announces what this client understands: without these capabilities RabbitMQ neither says
 * that a queue vanished under its consumer nor that it has stopped reading for lack of memory. */
static inline amqp_rpc_reply_t metachat_amqp_login(
    amqp_connection_state_t state, const char *vhost, int channel_max, int frame_max, int heartbeat,
    const char *connection_name, const char *user, const char *password
) {
    const char *names[5] = {
        "publisher_confirms", "consumer_cancel_notify", "connection.blocked", "basic.nack",
        "authentication_failure_close",
    };
    amqp_table_entry_t capabilities[5];
    for (int i = 0; i < 5; i++) {
        capabilities[i] = metachat_amqp_entry(names[i], AMQP_FIELD_KIND_BOOLEAN);
        capabilities[i].value.value.boolean = 1;
    }
    amqp_table_entry_t properties[3];
    properties[0] = metachat_amqp_entry("product", AMQP_FIELD_KIND_UTF8);
    properties[0].value.value.bytes = amqp_cstring_bytes("MetaChat");
    properties[1] = metachat_amqp_entry("connection_name", AMQP_FIELD_KIND_UTF8);
    properties[1].value.value.bytes = amqp_cstring_bytes(connection_name);
    properties[2] = metachat_amqp_entry("capabilities", AMQP_FIELD_KIND_TABLE);
    properties[2].value.value.table.num_entries = 5;
    properties[2].value.value.table.entries = capabilities;
    amqp_table_t table;
    table.num_entries = 3;
    table.entries = properties;
    return amqp_login_with_properties(
        state, vhost, channel_max, frame_max, heartbeat, &table, AMQP_SASL_METHOD_PLAIN, user, password);
}

static inline void metachat_amqp_frame(uint8_t *out, uint8_t type, uint16_t channel, uint32_t size) {
    out[0] = type;
    out[1] = (uint8_t)(channel >> 8);
    out[2] = (uint8_t)channel;
    out[3] = (uint8_t)(size >> 24);
    out[4] = (uint8_t)(size >> 16);
    out[5] = (uint8_t)(size >> 8);
    out[6] = (uint8_t)size;
    out[7 + size] = AMQP_FRAME_END;
}

/* Writes a method frame; gives its size in bytes, or one of rabbitmq-c's negative status codes. */
static inline int metachat_amqp_put_method(
    uint8_t *out, size_t capacity, uint16_t channel, uint32_t method, void *decoded
) {
    if (capacity < 12) return AMQP_STATUS_TABLE_TOO_BIG;
    amqp_bytes_t space;
    space.bytes = out + 11;
    space.len = capacity - 12;
    int size = amqp_encode_method(method, decoded, space);
    if (size < 0) return size;
    out[7] = (uint8_t)(method >> 24);
    out[8] = (uint8_t)(method >> 16);
    out[9] = (uint8_t)(method >> 8);
    out[10] = (uint8_t)method;
    metachat_amqp_frame(out, AMQP_FRAME_METHOD, channel, (uint32_t)size + 4);
    return size + 12;
}

/* Writes a content header frame of class basic; gives its size in bytes, or a negative status code. */
static inline int metachat_amqp_put_header(
    uint8_t *out, size_t capacity, uint16_t channel, uint64_t body_size, amqp_basic_properties_t *properties
) {
    if (capacity < 20) return AMQP_STATUS_TABLE_TOO_BIG;
    amqp_bytes_t space;
    space.bytes = out + 19;
    space.len = capacity - 20;
    int size = amqp_encode_properties(AMQP_BASIC_CLASS, properties, space);
    if (size < 0) return size;
    out[7] = 0;
    out[8] = AMQP_BASIC_CLASS;
    out[9] = 0;
    out[10] = 0;
    for (int i = 0; i < 8; i++) out[11 + i] = (uint8_t)(body_size >> (8 * (7 - i)));
    metachat_amqp_frame(out, AMQP_FRAME_HEADER, channel, (uint32_t)size + 12);
    return size + 20;
}

/* Two Linux calls that Swift's Glibc module leaves out. */
static inline int metachat_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static inline void metachat_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
