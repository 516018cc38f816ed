# One image for the server and the cloud in a box: built with everything, run with what it needs and nothing more.
# --build-arg BASE=… names another base; it must bring Node 20.19 or newer, npm and a Debian-like userland (useradd, setpriv).
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY src/driver-sdk/package.json src/driver-sdk/package.json
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund
# Types, maps and manuals of libraries and our own tests are of no use at run time (licences stay), nor is the compiler, which two libraries would
# take if it were there; of a driver its manifest and bundle are enough.
RUN find node_modules -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' -o -name '*.md' \) ! -iname 'licen[cs]e*' ! -iname 'notice*' -delete \
 && rm -rf node_modules/typescript node_modules/.package-lock.json dist/test dist/drivers/*/test \
 && find node_modules -type d -empty -delete \
 && mkdir -p /out/drivers /out/src/driver-sdk \
 && cp -r package.json LICENSE dist node_modules /out/ \
 && cp -r src/driver-sdk/package.json src/driver-sdk/dist /out/src/driver-sdk/ \
 && for driver in drivers/*/driver.json; do folder=$(dirname "$driver"); mkdir -p "/out/$folder" && cp -r "$driver" "$folder/dist" "/out/$folder/"; done

FROM ${BASE}
# A fixed number, so that Kubernetes can prove that it is not root.
RUN groupadd --gid 10001 mcmp && useradd --uid 10001 --gid 10001 --create-home --home-dir /home/mcmp mcmp && mkdir -p /app /data && chown mcmp:mcmp /data
WORKDIR /app
COPY --from=build /out /app
RUN ln -s /app/dist/mcmp.mjs /usr/local/bin/mcmp
USER 10001:10001
ENV NODE_ENV=production MCMP_HOST=0.0.0.0 MCMP_PORT=8080 MCMP_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Docker and Compose ask this; the OCI format has no such field, and Kubernetes asks /health/live and /health/ready by itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MCMP_PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
