# Writes a C table that is 1 for each letter of its input.
BEGIN { print "#include \"vowels.h\"\n\nconst unsigned char is_vowel[256] = {" }
NF { printf "\t['%s'] = 1,\n", $1 }
END { print "};" }
