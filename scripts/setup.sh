# Sourced by ./latencyscope and ./verify: finds the tools, installs what is missing, builds.
# Works under set -eu; everything it says goes to stderr.

. "$(dirname "${BASH_SOURCE[0]}")/launch.sh"

# Prints the home of a JDK of at least version 25.
find_jdk() {
	find_java bin/javac JDK
}

# need PACKAGE... : installs the Debian packages that are missing, or says how to.
need() {
	local missing=()
	local package
	for package in "$@"; do
		dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	if [ "$(id -u)" != 0 ]; then
		die "missing packages; run: sudo apt-get install ${missing[*]}"
	fi
	command -v apt-get >/dev/null || die "missing: ${missing[*]} (Debian names); install them with this system's package manager"
	say "installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	apt-get install -y -qq "${missing[@]}" >&2 </dev/null ||
		{ apt-get update -qq >&2 && apt-get install -y -qq "${missing[@]}" >&2 </dev/null; } ||
		die "could not install ${missing[*]}"
}

need_for_build() {
	command -v mvn >/dev/null || need maven
	need clang llvm libbpf-dev libbpf1 gcc
}

# What the kernel tests compare with; as root.
need_for_kernel_tests() {
	need bpftool libbpf-tools bpftrace util-linux procps iproute2 ethtool tmux man-db systemd
	# bpftrace finds tracepoints there; the agent itself does not need it.
	mountpoint -q /sys/kernel/tracing || mount -t tracefs tracefs /sys/kernel/tracing
	# A test that is left out for want of a feature fails here: this machine is to have them all.
	export LATENCYSCOPE_REQUIRE_KERNEL=1
}

JAR=agent/target/latencyscope.jar
FLEET_JAR=fleet/target/latencyscope-fleet.jar

# is_built [JAR] : true if the jar is there and nothing that it is made of is newer.
is_built() {
	local jar=${1:-$JAR}
	[ -f "$jar" ] || return 1
	[ -z "$(find . \( -name target -o -name .git \) -prune -o \( -name pom.xml -o -path '*/src/main/*' -o -path '*/src/build/*' -o -path ./bpf/compile-bpf.sh \) -newer "$jar" -type f -print -quit)" ]
}

# What Maven may use is listed by SHA-256: see supply-chain/PinnedArtifacts.java.
PINS=supply-chain/artifacts.sha256
PIN_CHECK=target/pins/pins.jar

build_pin_check() {
	[ ! "$PIN_CHECK" -nt supply-chain/PinnedArtifacts.java ] || return 0
	local lib classes=target/pins/classes.$$
	lib=$(dirname "$(dirname "$(readlink -f "$(command -v mvn)")")")/lib
	mkdir -p "$classes/META-INF/plexus"
	"$JDK/bin/javac" -proc:none --release 25 -cp "$lib/*" -d "$classes" supply-chain/PinnedArtifacts.java >&2 ||
		die "supply-chain/PinnedArtifacts.java does not compile against the Maven in $lib"
	cp supply-chain/components.xml "$classes/META-INF/plexus/"
	"$JDK/bin/jar" --create --file "$PIN_CHECK.$$" -C "$classes" .
	mv "$PIN_CHECK.$$" "$PIN_CHECK"
	rm -rf "$classes"
}

maven() {
	build_pin_check
	# Debian's Maven has a library that JDK 24 and newer (JEP 498) warn of in four lines.
	JAVA_HOME=$JDK MAVEN_OPTS="${MAVEN_OPTS:-} --sun-misc-unsafe-memory-access=allow" mvn -B --no-transfer-progress \
		-Dmaven.ext.class.path="$PWD/$PIN_CHECK" -Dpins.file="$PINS" "$@"
}

build() {
	is_built && return
	need_for_build
	say "building (the first time, Maven fetches its plugins)"
	maven -q package -DskipTests -pl agent -am >&2 || die "the build failed"
	touch "$JAR"
}

# The jar that commands over many recordings are in.
build_fleet() {
	is_built "$FLEET_JAR" && return
	need_for_build
	say "building latencyscope-fleet.jar"
	maven -q package -DskipTests -pl fleet -am >&2 || die "the build failed"
	touch "$FLEET_JAR"
}
