# Docket on Debian slim. The Node is the one that package.json pins; a test holds them together.
FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY server/package.json server/
COPY server/bin server/bin
COPY web/package.json web/

FROM base AS web
RUN npm ci
COPY . .
RUN npm run build

# What runs needs no tools of development, and no second Node beside the image's own.
FROM base AS packages
RUN npm ci --omit=dev --workspace=server --include-workspace-root && rm -rf node_modules/node-linux-*

FROM base
# All of it: npm keeps some packages beside the server that uses them.
COPY --from=packages /app ./
COPY server/src server/src
COPY --from=web /app/web/dist web/dist
RUN install --directory --owner=node --group=node --mode=750 /data
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DOCKET_DATA_DIR=/data PATH=$PATH:/app/node_modules/.bin
# The user "node", as a number: Kubernetes wants to see that it is not root.
USER 1000:1000
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The launcher turns into the server: it is process 1 itself, and hears SIGTERM.
ENTRYPOINT ["docket"]
CMD ["serve"]
