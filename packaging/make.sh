#!/bin/bash
# What the package has of the command line's own: manual page and completion, each as the released jars say it.
# Arguments: java, latencyscope.jar, latencyscope-fleet.jar, folder to write to.
set -euo pipefail
mkdir -p "$4"
say() {
	"$1" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Dlatencyscope.fleet="$3" -jar "$2" "$5"
}
say "$@" completion >"$4/latencyscope"
# Without name and time in it, the same page makes the same file.
say "$@" generate-man-page | gzip -9n >"$4/latencyscope.1.gz"
