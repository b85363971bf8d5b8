# Three stages: Node builds the page, a JDK with Maven the rest; a runtime without compiler runs it, as a user without rights.
FROM node:22-bookworm-slim AS page
WORKDIR /src
COPY admin-web admin-web
COPY admin-api/src/main/resources/dev/millrace/api/description admin-api/src/main/resources/dev/millrace/api/description
RUN admin-web/build

FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
COPY --from=page /src/admin-web/target admin-web/target
RUN mvn -B -q package -pl app -am -DskipTests

FROM eclipse-temurin:17-jre
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/millrace millrace
COPY --from=build /src/app/target/lib /opt/millrace/lib
COPY --from=build /src/app/target/millrace.jar /opt/millrace/millrace.jar
COPY app/src/main/docker/healthy /opt/millrace/healthy
USER 10001
ENV MILLRACE_DATA_DIR=/var/lib/millrace MILLRACE_HOST=0.0.0.0
EXPOSE 8080
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError", "-Djdk.console=java.base", "-jar", "/opt/millrace/millrace.jar"]
CMD ["up"]
