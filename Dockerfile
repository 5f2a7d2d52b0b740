# The operator's image: Node.js, one bundled file for the operator and one for the command, nothing to log into.
# BASE has Node.js at /nodejs/bin/node; its tag moves, so a release names it by its digest. Build what is copied first, with
# the same BASE in the environment for the bill of materials: npm run build (CONTRIBUTING.md).
ARG BASE=gcr.io/distroless/nodejs24-debian12:nonroot
FROM ${BASE}
LABEL org.opencontainers.image.title="invoiceops" \
      org.opencontainers.image.description="Kubernetes operator that has invoice-issuing services ready before filing peaks" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.url="https://invoiceops.dev"
ENV NODE_ENV=production
WORKDIR /app
COPY dist/operator.js dist/invoiceops.js dist/sbom.cdx.json ./
# A number, so that the kubelet can see that it is not root.
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/nodejs/bin/node", "--max-old-space-size=384", "--max-semi-space-size=4", "/app/operator.js"]
