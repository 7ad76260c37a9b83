#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# dynamodb_local.sh DIR [port]: fetches DynamoDB Local into DIR, if it is not there, and starts it in memory. Needs java and mvn.
set -euo pipefail
dir=${1:?where to put it} port=${2:-8001}

# Four modules that its own list asks for do not exist in that version.
write_pom() {
  local pinned='' module
  for module in cognitoidentity:2.40.0 cognitoidentityprovider:2.47.0 pinpoint:2.40.0 dynamodb-enhanced:2.40.0; do
    pinned+="<dependency><groupId>software.amazon.awssdk</groupId><artifactId>${module%:*}</artifactId><version>${module#*:}</version></dependency>"
  done
  cat >"$dir/pom.xml" <<END
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>differential</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
  <dependencyManagement><dependencies>$pinned</dependencies></dependencyManagement>
  <dependencies>
    <dependency><groupId>software.amazon.dynamodb</groupId><artifactId>DynamoDBLocal</artifactId><version>3.3.1</version></dependency>
  </dependencies>
</project>
END
}

if [[ ! -e $dir/lib/DynamoDBLocal-3.3.1.jar ]]; then
  mkdir -p "$dir"
  write_pom
  mvn -q -B -f "$dir/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$dir/lib"
fi
exec java -Djava.library.path="$dir/lib" -cp "$dir/lib/*" software.amazon.dynamodb.services.local.main.ServerRunner \
  -inMemory -sharedDb -disableTelemetry -port "$port"
