# Sourced: fetches Debian kernels into a cache, beside the system's own packages.

# Where fetched kernels are kept; they are some 20 to 100 MB each.
KERNEL_CACHE=${LATENCYSCOPE_KERNELS:-${XDG_CACHE_HOME:-$HOME/.cache}/latencyscope/kernels}

# Names of packages by the kernel's short name, as an extended regular expression.
package_of() {
	case $1 in
	5.10) echo '5\.10\.0-[0-9]+-cloud-amd64' ;;
	6.1) echo '6\.1\.0-[0-9]+-cloud-amd64' ;;
	6.12) echo '6\.12\.[0-9]+\+deb1[23]-cloud-amd64' ;;
	6.18) echo '6\.18\.[0-9]+\+deb13-cloud-amd64' ;;
	newest) echo '[0-9]+\.[0-9]+\.[0-9]+\+deb13-cloud-amd64' ;;
	6.12-rt) echo '6\.12\.[0-9]+\+deb1[23]-rt-amd64' ;;
	5.10-rt) echo '5\.10\.0-[0-9]+-rt-amd64' ;;
	*) die "no kernel is called '$1'; the kernels are $KERNELS" ;;
	esac
}

# kernel NAME : prints the folder with that kernel, which is fetched if it is not there yet.
# LATENCYSCOPE_REFRESH=1 looks for a newer one of that name first.
kernel() {
	local pattern found
	pattern=$(package_of "$1")
	mkdir -p "$KERNEL_CACHE"
	found=$(kept "$pattern")
	# What is kept tells nothing of what is newest.
	if [ -z "$found" ] || [ "$1" = newest ] || [ -n "${LATENCYSCOPE_REFRESH:-}" ]; then
		fetch "$pattern" || [ -n "$found" ] || die "no package linux-image-$pattern could be fetched"
		found=$(kept "$pattern")
	fi
	echo "$KERNEL_CACHE/$found"
}

kept() {
	ls "$KERNEL_CACHE" | grep -Ex "$1" | sort -V | tail -n 1 || true
}

# fetch PATTERN : unpacks the newest package that there is. The lists are ours, so that the system's
# own configuration stays as it is; the mirrors are the system's.
fetch() {
	local name package
	[ "$(dpkg --print-architecture)" = amd64 ] || die "the kernels of the matrix are those of amd64"
	lists
	for name in $(apt_cache pkgnames linux-image- | sed 's/^linux-image-//' | grep -Ex "$1" | sort -rV | head -n 4); do
		[ ! -d "$KERNEL_CACHE/$name" ] || return 0
		say "fetching Linux $name"
		rm -f "$APT"/*.deb
		# A superseded package may be in the lists and gone from the mirror.
		(cd "$APT" && apt_get download "linux-image-$name" 2>/dev/null) || continue
		# Since 6.19 the image is a meta package: what it consists of is in these.
		for package in $(dpkg-deb -f "$APT"/*.deb Depends | tr ', ' '\n\n' |
			grep -E '^linux-(binary|modules)-' || true); do
			(cd "$APT" && apt_get download "$package")
		done
		rm -rf "$KERNEL_CACHE/.$name"
		mkdir "$KERNEL_CACHE/.$name"
		for package in "$APT"/*.deb; do
			dpkg-deb -x "$package" "$KERNEL_CACHE/.$name"
		done
		mv "$KERNEL_CACHE/.$name" "$KERNEL_CACHE/$name"
		return 0
	done
	return 1
}

# Package lists of the releases whose kernels are wanted, once a run.
lists() {
	local main security release keys='[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
	[ -z "${APT:-}" ] || return 0
	APT=$(mktemp -d)
	mkdir -p "$APT"/{lists/partial,cache/archives/partial,empty}
	: >"$APT/status"
	main=$(mirrors | grep -v security | head -n 1)
	security=$(mirrors | grep security | head -n 1)
	{
		for release in bullseye bookworm trixie trixie-backports; do
			echo "deb $keys $main $release main"
		done
		for release in bullseye-security bookworm-security trixie-security; do
			echo "deb $keys ${security:-$main} $release main"
		done
	} >"$APT/sources.list"
	# A release that a mirror does not have is no reason to do without the others.
	apt_get update >&2 || true
}

mirrors() {
	{
		cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '/^URIs:/ {print $2}'
		cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
			sed -nE 's/^deb +(\[[^]]*\] +)?([^ ]+) .*/\2/p'
	} | grep debian | sort -u
}

apt_get() {
	apt-get $(apt_options) -qq "$@"
}

apt_cache() {
	apt-cache $(apt_options) "$@"
}

apt_options() {
	echo -o Dir::Etc::sourcelist="$APT/sources.list" -o Dir::Etc::sourceparts="$APT/empty" \
		-o Dir::State::lists="$APT/lists" -o Dir::Cache="$APT/cache" -o Dir::State::status="$APT/status" \
		-o Acquire::Languages=none -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false \
		-o Acquire::Retries=3
}
