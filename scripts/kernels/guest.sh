#!/bin/bash
# Boots a kernel in a virtual machine and runs a command in it, as root, in the caller's folder.
#
#   guest.sh KERNEL OUT COMMAND
#
# KERNEL is a folder with an unpacked Debian kernel. The guest's / is this machine's, which it
# cannot write to, under a layer of its own; OUT is the guest's /out, and holds console.log. Exits
# with the command's code; 124 when the time is up, 125 when the guest did not get to its end.
#
#   GUEST_CPUS=2  GUEST_MEMORY=2048 (MiB)  GUEST_NODES=1  GUEST_TIMEOUT=1200 (s)
#   GUEST_KERNEL_OPTIONS= (such as isolcpus=1)
set -u
[ $# = 3 ] || {
	sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
	exit 3
}
kernel=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
command=$3
cpus=${GUEST_CPUS:-2}
memory=${GUEST_MEMORY:-2048}
nodes=${GUEST_NODES:-1}

modules=$(ls -d "$kernel"/lib/modules/*/ "$kernel"/usr/lib/modules/*/ 2>/dev/null | head -n 1)
image=$(ls "$kernel"/boot/vmlinuz-* "$modules"vmlinuz 2>/dev/null | head -n 1)
[ -n "$image" ] && [ -n "$modules" ] || {
	echo "guest.sh: no kernel in $kernel" >&2
	exit 3
}

work=$(mktemp -d)
qemu=
daemons=()
clean_up() {
	[ -z "$qemu" ] || kill "$qemu" 2>/dev/null
	for daemon in "${daemons[@]}"; do
		kill "$daemon" 2>/dev/null
	done
	wait 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# --- what the machine is made of

# Only real virtualisation is of use: a /dev/kvm without it interprets, and slower than qemu.
accelerator=tcg
if [ -w /dev/kvm ] && { [ -d /sys/module/kvm_intel ] || [ -d /sys/module/kvm_amd ]; }; then
	accelerator=kvm
fi
# Before version 10, several threads of qemu's emulation now and then keep code that the guest has
# patched, which attaching to a tracepoint does.
version=$(qemu-system-x86_64 --version | sed -n 's/.*version \([0-9]*\).*/\1/p;q')
if [ $accelerator = tcg ] && [ "${version:-0}" -lt 10 ]; then
	accelerator=tcg,thread=single
fi
processor=max
clock=tsc=reliable # else old kernels fall back to a clock that is slow to emulate
if [ $accelerator = kvm ]; then
	processor=host
	clock=
fi

# --- initramfs: busybox and the modules that are needed to reach the root, each after those that it
# depends on

declare -A seen
order=()
find "$modules" -name '*.ko*' >"$work/modules"

file_of_module() {
	grep -m 1 -E "/${1//[-_]/[-_]}\.ko(\.xz|\.zst|\.gz)?$" "$work/modules"
}

unpacked() {
	case $1 in
	*.xz) xz -dc "$1" ;;
	*.zst) zstd -qdc "$1" ;;
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

add_module() {
	local name=${1//-/_} file dependency
	[ -z "${seen[$name]:-}" ] || return 0
	seen[$name]=1
	file=$(file_of_module "$name") || return 0 # built in
	unpacked "$file" >"$work/$name.ko"
	for dependency in $(tr '\0' '\n' <"$work/$name.ko" | grep -a -m 1 '^depends=' | cut -d= -f2 | tr , ' '); do
		add_module "$dependency"
	done
	order+=("$name")
}

share=virtiofs
if grep -q '/9p\.ko' "$work/modules"; then
	share=9p
fi
for module in virtio_pci overlay; do
	add_module $module
done
case $share in
9p)
	add_module 9pnet_virtio
	add_module 9p
	;;
virtiofs) add_module virtiofs ;;
esac
initial=$work/initial
mkdir -p "$initial"/{bin,modules,proc,sys,dev}
cp "$(command -v busybox)" "$initial/bin/busybox"
for module in "${order[@]}"; do
	mv "$work/$module.ko" "$initial/modules/"
done
printf '%s\n' "${order[@]}" >"$initial/modules/order"
echo $share >"$initial/share"
cat >"$initial/init" <<'INIT'
#!/bin/busybox sh
B=/bin/busybox
die() { echo "guest: no $*"; $B poweroff -f; }
$B mount -t proc proc /proc; $B mount -t sysfs sys /sys; $B mount -t devtmpfs dev /dev
for m in $($B cat /modules/order); do $B insmod /modules/$m.ko || echo "guest: no module $m"; done
$B mkdir -p /ro /rw /new /o
if [ "$($B cat /share)" = 9p ]; then
  o=trans=virtio,version=9p2000.L,msize=512000,access=any
  $B mount -t 9p -o ro,cache=loose,$o root /ro || die root
  $B mount -t 9p -o rw,cache=none,$o out /o || die out
else
  $B mount -t virtiofs -o ro root /ro || die root
  $B mount -t virtiofs -o rw out /o || die out
fi
$B mount -t tmpfs -o mode=755 tmpfs /rw; $B mkdir /rw/u /rw/w
$B mount -t overlay -o lowerdir=/ro,upperdir=/rw/u,workdir=/rw/w overlay /new || die overlay
$B mkdir -p /new/out /new/dev /new/proc /new/sys /new/run
$B mount --move /o /new/out; $B mount --move /dev /new/dev
$B mount --move /proc /new/proc; $B mount --move /sys /new/sys
exec $B switch_root /new /out/.init
INIT
chmod +x "$initial/init"
(cd "$initial" && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 >"$work/initial.gz"

# --- what runs in the guest, with this machine's own programs

rm -f "$out/.code"
{
	echo '#!/bin/bash'
	echo 'exec </dev/null'
	echo 'mkdir -p /dev/pts /dev/shm /run; mount -t devpts devpts /dev/pts'
	echo 'mount -t tmpfs tmpfs /dev/shm; mount -t tmpfs tmpfs /run'
	echo 'mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null'
	echo 'mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null'
	echo 'mount -t bpf bpf /sys/fs/bpf; mount -t cgroup2 cgroup2 /sys/fs/cgroup'
	echo 'busybox ip link set lo up 2>/dev/null; hostname guest 2>/dev/null'
	echo 'stty -F /dev/ttyS1 raw -echo 2>/dev/null; exec >/dev/ttyS1 2>&1'
	printf 'export PATH=%q HOME=/root LANG=C.UTF-8 TERM=dumb\n' "$PATH"
	printf 'cd %q || cd /\n' "$PWD"
	printf 'bash -c %q\n' "$command"
	echo 'echo $? >/out/.code; sync; exec >/dev/null 2>&1; sleep 0.05; busybox poweroff -f'
} >"$out/.init"
chmod +x "$out/.init"

# --- files that are shared: where the kernel has no 9p, by daemons

machine=()
if [ $share = 9p ]; then
	machine+=(
		-fsdev "local,id=r,path=/,security_model=none,readonly=on,multidevs=remap"
		-device "virtio-9p-pci,fsdev=r,mount_tag=root"
		-fsdev "local,id=o,path=$out,security_model=none"
		-device "virtio-9p-pci,fsdev=o,mount_tag=out"
	)
else
	daemon=$(ls /usr/lib/qemu/virtiofsd /usr/libexec/virtiofsd 2>/dev/null | head -n 1)
	[ -n "$daemon" ] || {
		echo "guest.sh: this kernel has no 9p, and there is no virtiofsd" >&2
		exit 3
	}
	mkdir "$work/ro"
	# That the guest cannot write is seen to on this side.
	unshare -m bash -c 'mount --bind / "$1" && mount -o remount,ro,bind "$1" &&
		exec "$2" --socket-path="$3" -o source="$1" -o cache=always -o sandbox=chroot' \
		_ "$work/ro" "$daemon" "$work/r.sock" >"$work/daemon-r.log" 2>&1 &
	daemons+=($!)
	"$daemon" --socket-path="$work/o.sock" -o source="$out" -o cache=none -o sandbox=chroot \
		>"$work/daemon-o.log" 2>&1 &
	daemons+=($!)
	for _ in $(seq 100); do
		[ -S "$work/r.sock" ] && [ -S "$work/o.sock" ] && break
		sleep 0.05
	done
	machine+=(
		-chardev "socket,id=r,path=$work/r.sock" -device "vhost-user-fs-pci,chardev=r,tag=root"
		-chardev "socket,id=o,path=$work/o.sock" -device "vhost-user-fs-pci,chardev=o,tag=out"
	)
fi

# --- memory, which virtiofs needs to be shared, in nodes
if [ "$nodes" -gt 1 ]; then
	each=$((memory / nodes))
	memory=$((each * nodes))
	for ((node = 0; node < nodes; node++)); do
		first=$((node * cpus / nodes))
		last=$(((node + 1) * cpus / nodes - 1))
		machine+=(-object "memory-backend-memfd,id=m$node,size=${each}M,share=on"
			-numa "node,nodeid=$node,memdev=m$node,cpus=$first-$last")
	done
	machine+=(-machine pc)
else
	machine+=(-object "memory-backend-memfd,id=m0,size=${memory}M,share=on"
		-machine "pc,memory-backend=m0")
fi

: >"$out/console.log"
timeout "${GUEST_TIMEOUT:-1200}" nice -n 10 qemu-system-x86_64 -accel "$accelerator" -cpu $processor \
	-smp "$cpus" -m "${memory}M" -nodefaults -no-user-config -no-reboot -display none \
	-serial "file:$out/console.log" -serial stdio "${machine[@]}" \
	-kernel "$image" -initrd "$work/initial.gz" \
	-append "console=ttyS0 quiet loglevel=4 panic=-1 oops=panic $clock ${GUEST_KERNEL_OPTIONS:-}" \
	</dev/null 2>"$work/qemu.err" &
qemu=$!
wait $qemu
code=$?
qemu=
if [ -f "$out/.code" ]; then
	exit "$(cat "$out/.code")"
fi
{
	echo "guest.sh: the guest did not get to its end (qemu exited with $code); its console:"
	tail -n 15 "$out/console.log"
	cat "$work"/qemu.err "$work"/daemon*.log 2>/dev/null | tail -n 5
} >&2
[ $code != 124 ] || exit 124
exit 125
