#!/bin/bash
# Installs the package, uses it, and purges it, on a copy of this host's files that only this process sees: an overlay
# in a mount namespace of its own. The package manager, its database, and the maintainer's scripts are the real ones.
#
#   unshare --mount install.sh PACKAGE.deb FOLDER        FOLDER is empty; as root
#
# Prints what it has checked. Exit code 1 with a sentence at the first thing that is wrong.
set -eu
package=$(readlink -f "$1")
folder=$(readlink -f "$2")

if [ "${3:-}" != inside ]; then
	mount --make-rprivate /
	mount -t tmpfs files "$folder"
	mkdir "$folder/upper" "$folder/work" "$folder/root"
	mount -t overlay overlay -o "lowerdir=/,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
	for shared in proc sys dev; do
		mount --rbind /$shared "$folder/root/$shared"
	done
	for own in run tmp; do
		mount -t tmpfs $own "$folder/root/$own"
		chmod 1777 "$folder/root/tmp"
	done
	cp "$package" "$folder/root/tmp/latencyscope.deb"
	cp "$0" "$folder/root/tmp/install.sh"
	chroot "$folder/root" bash /tmp/install.sh /tmp/latencyscope.deb /tmp inside
	# What is left of it, but for the package manager's and the account tools' notes.
	left=$(cd "$folder/upper" && find . -type f -o -type c -o -type l | grep -vE \
		'^\./(var/(lib/dpkg|log|cache)/|etc/(\.pwd\.lock|group|gshadow|passwd|shadow|subuid|subgid)-?$|root/\.)' || true)
	[ -z "$left" ] || { echo "a purge leaves: $left" >&2; exit 1; }
	echo "purge leaves nothing"
	exit 0
fi

wrong() {
	echo "install.sh: $*" >&2
	exit 1
}

become_user() { # become_user GROUPS COMMAND… : an ordinary user without a capability, in these groups
	local groups=--clear-groups
	[ -z "$1" ] || groups=--groups=$1
	exec setpriv --reuid=nobody --regid=nogroup "$groups" --inh-caps=-all --bounding-set=-all "${@:2}"
}

as_user() {
	(become_user "$@")
}

started=()
trap 'kill -9 "${started[@]}" 2>/dev/null || true' EXIT
cd /tmp
export LC_ALL=C.UTF-8 HOME=/tmp

dpkg -i latencyscope.deb >dpkg.txt 2>&1 || wrong "dpkg -i: $(cat dpkg.txt)"
[ "$(dpkg-query -W -f='${Status}' latencyscope)" = "install ok installed" ] || wrong "not installed: $(cat dpkg.txt)"
[ -z "$(dpkg --verify latencyscope)" ] || wrong "files differ from the package's sums: $(dpkg --verify latencyscope)"
echo "installed"

as_user "" latencyscope --version | grep -q '^LatencyScope [0-9]' || wrong "no version: $(latencyscope --version 2>&1)"
as_user "" latencyscope export --help | grep -q Parquet || wrong "export is not there"
echo "an ordinary user runs the commands of both jars"

warnings=$(man --warnings -E UTF-8 -l -Tutf8 -Z /usr/share/man/man1/latencyscope.1.gz 2>&1 >/dev/null)
[ -z "$warnings" ] || wrong "the manual page: $warnings"
man latencyscope | col -b >page.txt
for words in '^NAME' '--duration=' 'latencyscope explain' 'allow-group' 'latencyscope export'; do
	grep -qe "$words" page.txt || wrong "the manual page lacks $words"
done
echo "man latencyscope"

said=$(bash -c '. /usr/share/bash-completion/completions/latencyscope
	COMP_WORDS=(latencyscope ex); COMP_CWORD=1; _complete_latencyscope; echo "${COMPREPLY[@]}"' 2>/dev/null) || true
[ "$said" = "explain export" ] || wrong "'latencyscope ex' is completed to: $said"
echo "completion"

unit=/lib/systemd/system/latencyscope-broker.service
said=$(systemd-analyze verify --man=no $unit 2>&1) || wrong "the unit: $said"
[ -z "$said" ] || wrong "the unit: $said"
# As systemd rates it: 10 is a service without any limit, whose exposure is 9.6.
systemd-analyze security --offline=yes --threshold=35 $unit >rating.txt 2>&1 || wrong "the unit: $(tail -1 rating.txt)"
echo "the unit, exposure $(sed -n 's/.*exposure level[^0-9]*\([0-9.]*\).*/\1/p' rating.txt)"

# As the unit has it run.
setpriv --bounding-set=-all,+bpf,+perfmon,+sys_ptrace --inh-caps=-all --no-new-privs \
	latencyscope broker >broker.txt 2>&1 &
broker=$!
started+=($broker)
for ((i = 0; i < 300; i++)); do
	grep -q 'listening at /run/latencyscope/broker.sock' broker.txt && break
	kill -0 $broker 2>/dev/null || break
	sleep 0.1
done
grep -q 'listening at' broker.txt || wrong "the broker: $(cat broker.txt)"
grep -q 'CapEff:.*c000080000$' /proc/$broker/status || wrong "the broker has $(grep CapEff /proc/$broker/status)"
echo "the broker, with three capabilities"

jdk=$(dirname "$(ls -d /usr/lib/jvm/*17*/bin /usr/lib/jvm/*25*/bin 2>/dev/null | head -1)")
group=$(getent group latencyscope | cut -d : -f 3)
mkdir -m 777 engine
engine() { # engine GROUPS NAME : starts one, and a recording; says its process id
	become_user "$1" "$jdk/bin/java" -javaagent:/usr/share/latencyscope/latencyscope.jar -Xlog:disable \
		-XX:FlightRecorderOptions:repository=/tmp/engine \
		-cp /usr/share/latencyscope/latencyscope.jar demo.TradingEngine --seconds=60 >"$2.txt" 2>&1 &
	started+=($!)
	for ((i = 0; i < 100; i++)); do
		as_user "" "$jdk/bin/jcmd" $! JFR.start name=trading >jcmd.txt 2>&1 && break
		sleep 0.2
	done
	grep -q 'Started recording' jcmd.txt || wrong "jcmd JFR.start: $(cat jcmd.txt "$2.txt")"
}
engine "$group" member
member=${started[-1]}
engine "" stranger
for ((i = 0; i < 200; i++)); do
	grep -q "this broker does not serve user" stranger.txt && break
	sleep 0.1
done
grep -q "this broker does not serve user" stranger.txt || wrong "a stranger was told: $(cat stranger.txt broker.txt)"
sleep 3
as_user "" "$jdk/bin/jcmd" "$member" JFR.dump name=trading filename=/tmp/engine/member.jfr >jcmd.txt
# The engines keep both CPUs busy.
kill -9 "${started[@]}"
wait 2>/dev/null || true
as_user "" latencyscope report --json -o /tmp/engine/member.json /tmp/engine/member.jfr >report.txt 2>&1 || [ $? -le 2 ] ||
	wrong "report: $(cat report.txt)"
for module in isolation irq memory syscall network; do
	grep -q "\"$module" engine/member.json || wrong "the report has nothing of $module"
done
! grep -q 'LatencyScope: ' member.txt || wrong "a member of the group was told: $(cat member.txt)"
as_user "" latencyscope report /tmp/engine/member.jfr >report.txt 2>&1 || [ $? -le 2 ]
! grep -q 'Counts from /proc' report.txt || wrong "a member of the group has counts alone: $(head -24 report.txt)"
echo "the engine of a group member is captured"
echo "the engine of another user is told why it is not captured"

echo "allow-users: [nobody]" >>/etc/latencyscope/broker.yml
dpkg -i latencyscope.deb >dpkg.txt 2>&1 </dev/null || wrong "dpkg -i, once more: $(cat dpkg.txt)"
grep -q nobody /etc/latencyscope/broker.yml || wrong "an upgrade loses the configuration"
dpkg -r latencyscope >dpkg.txt 2>&1 || wrong "dpkg -r: $(cat dpkg.txt)"
grep -q nobody /etc/latencyscope/broker.yml || wrong "a removal loses the configuration"
[ ! -e /usr/share/latencyscope ] || wrong "a removal leaves /usr/share/latencyscope"
dpkg -P latencyscope >dpkg.txt 2>&1 || wrong "dpkg -P: $(cat dpkg.txt)"
[ ! -e /etc/latencyscope ] || wrong "a purge leaves $(find /etc/latencyscope)"
! getent group latencyscope >/dev/null || wrong "a purge leaves the group"
echo "an upgrade and a removal keep the configuration"
