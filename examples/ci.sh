#!/bin/bash
# What a CI job does with contracts, on a small engine: checks three, and looks whether each has the outcome that it is
# written for. The tables go to the job's summary, annotations to its log, JUnit XML to examples/target/contract.
# Needs root and a JDK from 25 on; builds the jar, unless LATENCYSCOPE_JAR names one.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.." # annotations name files from the root of the repository on
out=examples/target/contract
mkdir -p "$out"
. scripts/setup.sh
JDK=$(find_jdk)
if [ -n "${LATENCYSCOPE_JAR:-}" ]; then
	latencyscope=("$JDK/bin/java" -jar "$LATENCYSCOPE_JAR")
else
	build
	latencyscope=(./latencyscope)
fi
"$JDK/bin/java" examples/Engine.java 120 &
engine=$!
trap 'kill $engine 2>/dev/null || true' EXIT
sleep 2

# check NAME WANTED : checks NAME.yml; WANTED is the exit code that it is written for
check() {
	local code=0
	"${latencyscope[@]}" check "examples/contracts/$1.yml" --pid $engine \
		--github --junit-xml "$out/$1.xml" --markdown "$out/$1.md" || code=$?
	cat "$out/$1.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
	echo "examples/contracts/$1.yml: exit code $code, wanted $2"
	[ $code = "$2" ]
}

result=0
check passes 0 || result=1
check violated 2 || result=1
check inconclusive 4 || result=1
exit $result
