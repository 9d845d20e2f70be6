#!/bin/bash
# Many recordings on a real cluster of Apache Spark, on loopback: a master and two workers, each a JVM. It exports
# recordings, kills a worker and its executor in the middle, and compares with `latencyscope export` and `query`: all
# files of the tables byte by byte, and the answers to all questions of the fleet's page row by row.
#
#   scripts/spark.sh                      100 small recordings
#   scripts/spark.sh RECORDINGS [MB]      so many, and a large one of so many megabytes
#
# The first run fetches Spark: 170 jars, 370 MB.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
recordings=${1:-100}
large=${2:-0}
[ "$recordings" -ge 8 ] || die "the number of recordings is at least 8, since a worker is killed in the middle"
# A large recording becomes four captures at least.
split=$((large >= 1024 ? 256 : large >= 4 ? large / 4 : 256))m
# What one step may take at most.
limit=$((120 + recordings / 2 + large))

spark_jar=fleet-spark/target/latencyscope-spark.jar
if ! { is_built && is_built "$FLEET_JAR" && is_built "$spark_jar"; }; then
	say "building (the first time, Maven fetches Spark)"
	maven -q package -DskipTests -Pspark -pl fleet-spark,agent -am >&2 || die "the build failed"
	touch "$JAR" "$FLEET_JAR" "$spark_jar"
fi
work=$(mktemp -d)
started=()
stop() {
	local pid
	for pid in "${started[@]}"; do
		# shellcheck disable=SC2046 # executors are a worker's children
		kill $(ps -o pid= --ppid "$pid") "$pid" 2>/dev/null || true
	done
	wait
	rm -rf "$work"
}
trap stop EXIT

# Spark takes its jars from a folder of its own home; here they are links into Maven's repository.
export SPARK_HOME=$work/spark SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_HOSTNAME=127.0.0.1 JAVA_HOME=$JDK
mkdir -p "$SPARK_HOME/jars" "$work/tmp"
IFS=:
for jar in $(cat fleet-spark/target/classpath); do
	case $jar in
	*/target/*) ;; # ours
	*.jar) ln -s "$jar" "$SPARK_HOME/jars/" ;;
	esac
done
unset IFS

java() {
	# What Spark's own scripts give each of its JVMs.
	local opens=() package
	for package in java.lang java.lang.invoke java.lang.reflect java.io java.net java.nio java.util \
		java.util.concurrent java.util.concurrent.atomic sun.nio.ch sun.nio.cs sun.util.calendar; do
		opens+=("--add-opens=java.base/$package=ALL-UNNAMED")
	done
	exec "$JDK/bin/java" -XX:+UseSerialGC -Xmx1g "-Djava.io.tmpdir=$work/tmp" "${opens[@]}" \
		--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED -cp "$SPARK_HOME/jars/*" "$@"
}

# wait_for SECONDS COMMAND… : until it succeeds.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || die "waited in vain for: $*"
		sleep 0.2
	done
}

# daemon LOG ARGUMENTS… : a JVM in the background.
daemon() {
	local log=$work/$1
	shift
	(java "$@") >"$log" 2>&1 &
	started+=($!)
}

# submit COMMAND… : runs latencyscope-spark.jar on the cluster.
submit() {
	(
		cd "$work"
		java org.apache.spark.deploy.SparkSubmit --master "$master" --conf spark.executor.memory=1g \
			--conf "spark.executor.extraJavaOptions=--enable-native-access=ALL-UNNAMED -Djava.io.tmpdir=$work/tmp" \
			--conf spark.ui.enabled=false --conf spark.driver.host=127.0.0.1 \
			--conf spark.sql.shuffle.partitions=2 --conf spark.sql.artifact.isolation.enabled=false \
			--class latencyscope.spark.SparkFleet --jars "$root/$JAR,$root/$FLEET_JAR" \
			"$root/$spark_jar" "$@"
	) 2>"$work/submit.log" || {
		grep -v ' INFO ' "$work/submit.log" | head -40 >&2
		tail -n 20 "$work"/worker-?.log "$work"/worker-?/app-*/*/stderr >&2 || true
		die "the job failed: $*"
	}
}
root=$PWD

latencyscope() {
	"$JDK/bin/java" -XX:+UseSerialGC -Xmx512m -Dlatencyscope.fleet="$root/$FLEET_JAR" -jar "$root/$JAR" "$@"
}

captures() {
	find "$1" -mindepth 3 -maxdepth 3 -name 'capture=*' 2>/dev/null | wc -l
}

has_captures() {
	[ "$(captures "$work/tables")" -ge "$1" ] || ! kill -0 "$job" 2>/dev/null
}

# The chunks of real recordings; only the times in their headers are changed.
"$JDK/bin/java" fleet-spark/src/test/java/latencyscope/spark/ManyRecordings.java \
	converters/analysis/src/test/resources/recordings "$work/recordings" "$recordings"
if [ "$large" -gt 0 ]; then
	mkdir "$work/recordings/host=large"
	gunzip -c converters/analysis/src/test/resources/recordings/contended.jfr.gz >"$work/small.jfr"
	"$JDK/bin/java" benchmarks/src/main/java/latencyscope/benchmarks/LargeRecording.java \
		"$work/small.jfr" "$large" "$work/recordings/host=large/large.jfr"
fi

daemon master.log org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 0 --webui-port 0
wait_for 60 grep -q 'Starting Spark master at' "$work/master.log"
master=$(grep -o 'spark://127.0.0.1:[0-9]*' "$work/master.log" | head -1)
for worker in 1 2; do
	daemon "worker-$worker.log" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g \
		--webui-port 0 --work-dir "$work/worker-$worker" "$master"
	wait_for 60 grep -q 'Successfully registered with master' "$work/worker-$worker.log"
done
victim=${started[2]}
say "a master and two workers are up after $SECONDS s"

began=$SECONDS
submit export --split $split -o "$work/tables" "$work/recordings/host=*/*.jfr" >"$work/exported" &
job=$!
wait_for $limit has_captures $((recordings / 4))
executors=$(ps -o pid= --ppid "$victim")
[ -n "$executors" ] || die "the worker had no executor: nothing would be interrupted"
# shellcheck disable=SC2086 # several numbers
kill -9 $executors "$victim"
wait "$victim" 2>/dev/null || true
killed=$(captures "$work/tables")
wait $job || die "the export failed"
exported=$(captures "$work/tables")
[ "$killed" -lt "$exported" ] || die "the worker was killed too late: all $killed captures were there"
say "Spark exported $(wc -l <"$work/exported") recordings, and parts of large ones, as $exported captures in $((SECONDS - began)) s; a worker was killed after $killed"

began=$SECONDS
# export_hosts REST: of every other host, so that two cores have work.
export_hosts() {
	local folder i=0
	for folder in "$work"/recordings/host=*; do
		[ $((i++ % 2)) = "$1" ] || continue
		latencyscope export --split $split "$folder"/*.jfr -o "$work/expected" --host "${folder##*host=}" >/dev/null
	done
}
export_hosts 0 &
other=$!
export_hosts 1
wait $other
say "latencyscope export made the same in $((SECONDS - began)) s"
diff -r "$work/expected" "$work/tables" >&2 || die "the tables differ"
say "all files are the same, byte by byte: $(find "$work/tables" -name '*.parquet' | wc -l) of tables"

began=$SECONDS
submit export --split $split -o "$work/tables" "$work/recordings/host=host0/*.jfr" >"$work/again"
diff -r "$work/expected" "$work/tables" >&2 || die "to export recordings again changed the tables"
say "recordings exported again changed nothing, in $((SECONDS - began)) s"

began=$SECONDS
submit questions "$work/tables" -o "$work/answers"
say "Spark answered all questions in $((SECONDS - began)) s"
for question in fleet/src/main/resources/latencyscope/fleet/sql/*.sql; do
	name=$(basename "$question")
	latencyscope query "$work/expected" --format csv -- "$(cat "$question")" >"$work/$name.csv"
	cmp "$work/$name.csv" "$work/answers/$name.csv" || die "$name: Spark's answer is not DuckDB's"
	lines=$(wc -l <"$work/$name.csv")
	[ "$lines" -gt 1 ] || die "$name: there are no rows to compare"
	say "$name: $lines lines are the same"
done
submit query "$work/tables" 'SELECT count(DISTINCT capture) AS captures FROM measures' >"$work/counted"
[ "$(tr -d '\r' <"$work/counted" | tail -1)" = "$exported" ] || die "query counts other captures: $(cat "$work/counted")"
say "done after $SECONDS s"
