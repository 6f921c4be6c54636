/* A program that does nothing: all that it costs is its start. */
int main(void) { return 0; }
