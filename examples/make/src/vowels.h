#ifndef VOWELS_H
#define VOWELS_H

#include <stddef.h>

extern const unsigned char is_vowel[256];

/* count_vowels counts the vowels of a string. */
size_t count_vowels(const char *text);

#endif
