# Stage 1 prepares exactly as bin/start does on a bare machine; stage 2 holds what runs.
FROM node:22-bookworm-slim AS build
ENV XDG_CACHE_HOME=/opt/cache DENO_DIR=/opt/deno-dir
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates ffmpeg \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY . .
RUN bin/start --prepare \
  && cp "$(find /opt/cache/wanren -path '*/@deno/*/deno' -type f)" /opt/deno

FROM debian:bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates ffmpeg fonts-dejavu-core \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10001 --home-dir /app wanren \
  && mkdir /data \
  && chown wanren /data
COPY --from=build /opt/deno /usr/local/bin/deno
COPY --from=build /opt/deno-dir /opt/deno-dir
COPY --from=build /app /app
ENV DENO_DIR=/opt/deno-dir DATA_DIR=/data
WORKDIR /app
USER wanren
VOLUME /data
EXPOSE 8000 1935 1936 8189/udp
HEALTHCHECK --interval=10s --timeout=3s CMD ["deno", "run", "--no-prompt", "--cached-only", "--allow-net", "--allow-env", "tools/health.ts"]
ENTRYPOINT ["bin/run"]
