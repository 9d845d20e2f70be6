# Sourced by the command line, of a source tree and as installed: finds a Java, and says how it is run.
# Works under set -eu; everything it says goes to stderr.

say() {
	echo "latencyscope: $*" >&2
}

die() {
	say "$@"
	exit 3
}

# find_java [FILE] : prints the home of a Java of at least version 25 that has this file, such as bin/javac. Looks
# in JAVA_HOME, then PATH, then /usr/lib/jvm.
find_java() {
	local home path_java
	path_java=$(command -v java || true)
	for home in "${JAVA_HOME:-}" \
		"${path_java:+$(dirname "$(dirname "$(readlink -f "$path_java")")")}" \
		$(ls -d /usr/lib/jvm/* 2>/dev/null | sort -rV); do
		if [ -n "$home" ] && [ -x "$home/bin/java" ] && [ -e "$home/${1:-bin/java}" ] &&
			[ "$(java_version "$home")" -ge 25 ]; then
			echo "$home"
			return
		fi
	done
	die "no ${2:-Java} 25 or newer found in JAVA_HOME, PATH or /usr/lib/jvm; install one, or set JAVA_HOME to it"
}

# java_version HOME : without starting it, where it says so in its file.
java_version() {
	{
		sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null | grep . ||
			"$1/bin/java" -XshowSettings:properties -version 2>&1 |
			sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p' | grep .
	} || echo 0
}

# launch HOME JAR [PROPERTY...] -- ARGUMENT... : becomes the command line.
launch() {
	local home=$1 jar=$2 properties=()
	shift 2
	while [ "$1" != -- ]; do
		properties+=("$1")
		shift
	done
	shift
	# A small heap and few threads: we share the machine with what we measure. What only reads a recording may
	# compile to run fast. So may the live view: reading its events then costs a fifth, once they are compiled.
	local compiler=-XX:TieredStopAtLevel=1
	case "${1:-}" in
	monitor | report | explain | diff | export | query | fleet | mcp | metrics) compiler=-XX:+TieredCompilation ;;
	esac
	# Arrow's library has its memory from there (query --format arrow), and the JDK warns of it in four lines.
	[ "${1:-}" != query ] || properties+=(--sun-misc-unsafe-memory-access=allow)
	exec "$home/bin/java" -XX:+UseSerialGC $compiler -XX:-UsePerfData "${properties[@]}" -jar "$jar" "$@"
}
