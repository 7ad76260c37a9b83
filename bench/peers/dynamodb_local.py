# SPDX-License-Identifier: Apache-2.0
"""AWS's DynamoDB Local, from Maven Central."""
from pathlib import Path

from peers.fetch import Peer, need, run

VERSION = "3.3.1"
# Modules that its own list asks for in a version that does not exist.
PINNED = {
    "cognitoidentity": "2.40.0",
    "cognitoidentityprovider": "2.47.0",
    "dynamodb-enhanced": "2.40.0",
    "pinpoint": "2.40.0",
}
MAIN = "software.amazon.dynamodb.services.local.main.ServerRunner"


def dependency(group: str, artifact: str, version: str) -> str:
    return (f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
            f"<version>{version}</version></dependency>")


def pom() -> str:
    pinned = "\n".join(dependency("software.amazon.awssdk", *module) for module in PINNED.items())
    return f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>peers</groupId><artifactId>dynamodb-local</artifactId><version>1</version>
<dependencyManagement><dependencies>
{pinned}
</dependencies></dependencyManagement>
<dependencies>
{dependency("software.amazon.dynamodb", "DynamoDBLocal", VERSION)}
</dependencies>
</project>
"""


def fetch(home: Path) -> None:
    need("java", "Debian's default-jre-headless")
    need("mvn", "Debian's maven")
    (home / "pom.xml").write_text(pom(), encoding="utf-8")
    run(["mvn", "-q", "-B", "-f", str(home / "pom.xml"), "dependency:copy-dependencies",
         "-DincludeScope=runtime", f"-DoutputDirectory={home.resolve() / 'lib'}"], home)


def command(home: Path, port: int, _data: Path) -> list[str]:
    lib = home / "lib"
    return ["java", f"-Djava.library.path={lib}", "-cp", f"{lib}/*", MAIN, "-inMemory", "-sharedDb",
            "-disableTelemetry", "-port", str(port)]


PEER = Peer("dynamodb-local", f"DynamoDB Local {VERSION}", "dynamodb-local",
            f"lib/DynamoDBLocal-{VERSION}.jar", fetch, command)
