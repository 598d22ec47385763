#include "vowels.h"

size_t count_vowels(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += is_vowel[(unsigned char)*text];
	return n;
}
