#include <stdio.h>

#include "../src/vowels.h"

int main(void)
{
	static const struct {
		const char *text;
		size_t want;
	} cases[] = {{"", 0}, {"rhythm", 1}, {"queue", 4}, {"xyz", 1}};
	int failed = 0;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t got = count_vowels(cases[i].text);

		if (got != cases[i].want) {
			printf("\"%s\": %zu, want %zu\n", cases[i].text, got, cases[i].want);
			failed = 1;
		}
	}
	if (!failed)
		puts("all counts are right");
	return failed;
}
