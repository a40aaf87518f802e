#pragma once
#include <stdint.h>
#include <stdlib.h>
#include <jansson.h>

/* Memory for one parsed text: taken in blocks, given back as one. jansson allocates each value, key and table by
 * itself, which costs a third of the time of parsing; and a tree that nobody changes needs no freeing piece by piece.
 *
 * While an arena is entered, what jansson allocates on this thread lives in it, and what it frees is left to it.
 * Everything else goes to malloc. */
typedef struct metachat_json_block { struct metachat_json_block *next; } metachat_json_block;

typedef struct {
    metachat_json_block *blocks;
    uint8_t *at, *end;
    size_t next_size;
} metachat_json_arena;

static inline metachat_json_arena **metachat_json_entered(void) {
    static _Thread_local metachat_json_arena *entered;
    return &entered;
}

static inline void *metachat_json_malloc(size_t size) {
    metachat_json_arena *arena = *metachat_json_entered();
    if (!arena) return malloc(size);
    if (size > SIZE_MAX / 2) return NULL;
    size = (size + 15) & ~(size_t)15;
    if ((size_t)(arena->end - arena->at) < size) {
        size_t block_size = arena->next_size > size + 16 ? arena->next_size : size + 16;
        metachat_json_block *block = malloc(block_size);
        if (!block) return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
        arena->at = (uint8_t *)block + 16;
        arena->end = (uint8_t *)block + block_size;
        if (arena->next_size < 1 << 20) arena->next_size *= 2;
    }
    void *memory = arena->at;
    arena->at += size;
    return memory;
}

static inline void metachat_json_free(void *memory) {
    if (!*metachat_json_entered()) free(memory);
}

/* To be called before any text is parsed. */
static inline void metachat_json_install(void) { json_set_alloc_funcs(metachat_json_malloc, metachat_json_free); }

/* Parses into an arena of its own, whose blocks are left in `blocks` and belong to the caller; NULL where the text is
 * at fault. */
static inline json_t *metachat_json_load(
    const char *text, size_t length, size_t flags, json_error_t *error, metachat_json_block **blocks
) {
    metachat_json_arena arena = {NULL, NULL, NULL, 8192};
    *metachat_json_entered() = &arena;
    json_t *root = json_loadb(text, length, flags, error);
    *metachat_json_entered() = NULL;
    *blocks = arena.blocks;
    return root;
}

static inline void metachat_json_drop(metachat_json_block *blocks) {
    while (blocks) {
        metachat_json_block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}
