# syntax=docker/dockerfile:1
# Two stages: a JDK with Maven builds, a runtime without compiler runs, as a user without rights.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
RUN mvn -B -q package -pl app -am -DskipTests

FROM eclipse-temurin:17-jre
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/millrace millrace
COPY --from=build /src/app/target/lib /opt/millrace/lib
COPY --from=build /src/app/target/millrace.jar /opt/millrace/millrace.jar
COPY --chmod=755 <<'SCRIPT' /opt/millrace/healthy
#!/usr/bin/env bash
# Exit code 0 when the API on the given port is ready; the image has no curl.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET /health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 4 _ code _ <&3
[[ "$code" == 200 ]]
SCRIPT
USER 10001
ENV MILLRACE_DATA_DIR=/var/lib/millrace MILLRACE_HOST=0.0.0.0
EXPOSE 8080
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError", "-jar", "/opt/millrace/millrace.jar"]
CMD ["up"]
