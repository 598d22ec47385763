#include <stdio.h>

#include "vowels.h"

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		printf("%zu %s\n", count_vowels(argv[i]), argv[i]);
	return 0;
}
