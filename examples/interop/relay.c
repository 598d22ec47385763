/* Waits for a directory, then makes its own.
 *
 *	relay WATCHED MADE
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

static int is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: relay WATCHED MADE\n");
		return 2;
	}
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	for (int tries = 0; !is_dir(argv[1]); tries++) {
		if (tries == 6000) {
			fprintf(stderr, "cannot find %s after 60 s\n", argv[1]);
			return 1;
		}
		nanosleep(&pause, NULL);
	}
	printf("found %s\n", argv[1]);
	if (mkdir(argv[2], 0777) != 0) {
		perror(argv[2]);
		return 1;
	}
	printf("made %s\n", argv[2]);
	return 0;
}
