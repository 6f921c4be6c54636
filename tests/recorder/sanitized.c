/* Built with AddressSanitizer, whose runtime wants to be the first library of all. */
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    FILE *made = fopen("made", "w");
    char *text = malloc(8);
    if (!made || !text || fputs("made\n", made) < 0 || fclose(made))
        return 1;
    free(text);
    puts(getenv("ASAN_OPTIONS") ? getenv("ASAN_OPTIONS") : "no options");
    return 3;
}
