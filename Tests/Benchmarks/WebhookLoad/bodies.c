#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "load.h"

long tenant_of(const struct options *options, long message) { return message % options->tenants; }

static long customer_of(const struct options *options, long message) {
    return message / options->tenants % options->phones;
}

long long phone_of(const struct options *options, long message) {
    return options->phone_base + customer_of(options, message);
}

void write_wamid(const struct options *options, long message, char *out, size_t size) {
    snprintf(out, size, "wamid.HBgM%s%08ldFQIAEhgUM0E5RkI2QzY3", options->wamid_prefix, message);
}

// Puts indices in the place of {t}, {p}, {n}.
static void fill(const struct options *options, const char *pattern, long message, char *out, size_t size) {
    size_t used = 0;
    while (*pattern && used + 24 < size) {
        if (pattern[0] == '{' && pattern[1] && pattern[2] == '}') {
            long value = pattern[1] == 't'   ? tenant_of(options, message)
                         : pattern[1] == 'p' ? customer_of(options, message)
                                             : message;
            used += (size_t)snprintf(out + used, size - used, "%ld", value);
            pattern += 3;
        } else {
            out[used++] = *pattern++;
        }
    }
    out[used] = 0;
}

// Documented at developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples; compact, as it comes.
static const char shape[] =
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"102290129340398\",\"changes\":[{\"value\":{"
    "\"messaging_product\":\"whatsapp\",\"metadata\":{\"display_phone_number\":\"15550783881\","
    "\"phone_number_id\":\"%s\"},\"contacts\":[{\"profile\":{\"name\":\"Zo\\u00eb Customer %ld\"},\"wa_id\":\"%lld\"}],"
    "\"messages\":[{\"from\":\"%lld\",\"id\":\"%s\",\"timestamp\":\"%lld\",\"text\":{\"body\":\"%s\"},"
    "\"type\":\"text\"}]},\"field\":\"messages\"}]}]}";

struct bodies make_bodies(const struct options *options) {
    static char number[128], text[4096], path[512], wamid[128], body[8192], request[10240];
    struct bodies bodies = {.count = options->count};
    size_t capacity = (size_t)options->count * 1024 + 16384;
    size_t used = 0;
    bodies.bytes = malloc(capacity);
    bodies.offsets = malloc(((size_t)options->count + 1) * sizeof *bodies.offsets);
    long long now = (long long)time(NULL);
    for (long message = 0; message < options->count; message++) {
        fill(options, options->number, message, number, sizeof number);
        fill(options, options->text, message, text, sizeof text);
        fill(options, options->path, message, path, sizeof path);
        write_wamid(options, message, wamid, sizeof wamid);
        long long phone = phone_of(options, message);
        int length = snprintf(body, sizeof body, shape, number, message, phone, phone, wamid, now, text);
        unsigned char digest[32];
        unsigned int size = sizeof digest;
        HMAC(EVP_sha256(), options->secret, (int)strlen(options->secret), (unsigned char *)body, (size_t)length, digest,
             &size);
        char hex[65];
        for (int i = 0; i < 32; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
        int whole = snprintf(request, sizeof request,
                             "POST %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: facebookexternalua\r\n"
                             "Accept: */*\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                             "X-Hub-Signature-256: sha256=%s\r\n\r\n%s",
                             path, length, hex, body);
        if (used + (size_t)whole > capacity) {
            capacity = capacity * 2 + (size_t)whole;
            bodies.bytes = realloc(bodies.bytes, capacity);
        }
        if (!bodies.bytes || !bodies.offsets) {
            fprintf(stderr, "webhook-load: out of memory\n");
            exit(71);
        }
        memcpy(bodies.bytes + used, request, (size_t)whole);
        bodies.offsets[message] = used;
        used += (size_t)whole;
    }
    bodies.offsets[options->count] = used;
    return bodies;
}
