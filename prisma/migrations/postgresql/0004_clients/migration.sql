-- AlterTable
ALTER TABLE "Ground" ADD COLUMN     "access" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "Client" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "notes" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "statusSince" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "isProtected" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "change" INTEGER NOT NULL,
    "lastUsedAt" TIMESTAMP(3),
    "lastServiceId" TEXT,
    "lastProxyId" TEXT,
    "lastFrom" TEXT,
    "refused" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "Client_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Credential" (
    "id" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "nameType" TEXT NOT NULL,
    "nameValue" TEXT NOT NULL,
    "authorityId" TEXT,
    "certificateId" TEXT,
    "startsAt" TIMESTAMP(3) NOT NULL,
    "endsAt" TIMESTAMP(3),
    "revokesAtEnd" BOOLEAN NOT NULL,
    "replacesId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT NOT NULL,
    "lastUsedAt" TIMESTAMP(3),

    CONSTRAINT "Credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Service" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "notes" TEXT NOT NULL,
    "hostNames" TEXT NOT NULL,
    "minimumStrength" INTEGER NOT NULL,
    "authorities" TEXT NOT NULL,
    "unknownClients" TEXT NOT NULL,
    "failsOpen" BOOLEAN NOT NULL,
    "status" TEXT NOT NULL,
    "place" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "Service_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Grant" (
    "id" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "paths" TEXT NOT NULL,
    "methods" TEXT NOT NULL,
    "startsAt" TIMESTAMP(3) NOT NULL,
    "endsAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "Grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Proxy" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "header" TEXT NOT NULL,
    "tokenPrefix" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "createdBy" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "certificateSha256" TEXT,
    "lastSeenAt" TIMESTAMP(3),
    "lastSeenFrom" TEXT,

    CONSTRAINT "Proxy_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProxyAddress" (
    "proxyId" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "firstSeenAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ProxyAddress_pkey" PRIMARY KEY ("proxyId","address")
);

-- CreateTable
CREATE TABLE "Allowlist" (
    "serviceId" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "admitted" INTEGER NOT NULL,
    "unexpressed" INTEGER NOT NULL,
    "madeAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Allowlist_pkey" PRIMARY KEY ("serviceId","format")
);

-- CreateTable
CREATE TABLE "ProxyFile" (
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "fetchedVersion" INTEGER NOT NULL,
    "fetchedAt" TIMESTAMP(3) NOT NULL,
    "liveVersion" INTEGER,
    "liveAt" TIMESTAMP(3),

    CONSTRAINT "ProxyFile_pkey" PRIMARY KEY ("proxyId","serviceId","format")
);

-- CreateTable
CREATE TABLE "ProxyService" (
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,

    CONSTRAINT "ProxyService_pkey" PRIMARY KEY ("proxyId","serviceId")
);

-- CreateTable
CREATE TABLE "AccessHour" (
    "hour" TIMESTAMP(3) NOT NULL,
    "clientId" TEXT NOT NULL,
    "credentialId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "permitted" INTEGER NOT NULL,
    "refused" INTEGER NOT NULL,
    "lastAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AccessHour_pkey" PRIMARY KEY ("clientId","serviceId","hour","credentialId","proxyId")
);

-- CreateTable
CREATE TABLE "Caller" (
    "sha256" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "displayName" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "issuerName" TEXT NOT NULL,
    "body" BYTEA NOT NULL,
    "reason" TEXT NOT NULL,
    "firstSeenAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "Caller_pkey" PRIMARY KEY ("sha256","serviceId")
);

-- CreateIndex
CREATE UNIQUE INDEX "Client_nameKey_key" ON "Client"("nameKey");

-- CreateIndex
CREATE INDEX "Client_change_idx" ON "Client"("change");

-- CreateIndex
CREATE INDEX "Client_status_nameKey_idx" ON "Client"("status", "nameKey");

-- CreateIndex
CREATE INDEX "Client_lastUsedAt_id_idx" ON "Client"("lastUsedAt", "id");

-- CreateIndex
CREATE INDEX "Credential_clientId_idx" ON "Credential"("clientId");

-- CreateIndex
CREATE INDEX "Credential_kind_sha256_idx" ON "Credential"("kind", "sha256");

-- CreateIndex
CREATE INDEX "Credential_authorityId_nameType_nameValue_idx" ON "Credential"("authorityId", "nameType", "nameValue");

-- CreateIndex
CREATE INDEX "Credential_certificateId_idx" ON "Credential"("certificateId");

-- CreateIndex
CREATE INDEX "Credential_endsAt_idx" ON "Credential"("endsAt");

-- CreateIndex
CREATE UNIQUE INDEX "Service_slug_key" ON "Service"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "Service_place_key" ON "Service"("place");

-- CreateIndex
CREATE INDEX "Grant_clientId_serviceId_idx" ON "Grant"("clientId", "serviceId");

-- CreateIndex
CREATE INDEX "Grant_serviceId_clientId_idx" ON "Grant"("serviceId", "clientId");

-- CreateIndex
CREATE UNIQUE INDEX "Proxy_slug_key" ON "Proxy"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "Proxy_tokenHash_key" ON "Proxy"("tokenHash");

-- CreateIndex
CREATE UNIQUE INDEX "Proxy_certificateSha256_key" ON "Proxy"("certificateSha256");

-- CreateIndex
CREATE INDEX "ProxyFile_serviceId_idx" ON "ProxyFile"("serviceId");

-- CreateIndex
CREATE INDEX "ProxyService_serviceId_idx" ON "ProxyService"("serviceId");

-- CreateIndex
CREATE INDEX "AccessHour_hour_idx" ON "AccessHour"("hour");

-- CreateIndex
CREATE INDEX "AccessHour_serviceId_hour_permitted_refused_idx" ON "AccessHour"("serviceId", "hour", "permitted", "refused");

-- CreateIndex
CREATE INDEX "Caller_lastSeenAt_idx" ON "Caller"("lastSeenAt");

-- AddForeignKey
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_authorityId_fkey" FOREIGN KEY ("authorityId") REFERENCES "Authority"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Credential" ADD CONSTRAINT "Credential_certificateId_fkey" FOREIGN KEY ("certificateId") REFERENCES "Certificate"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Grant" ADD CONSTRAINT "Grant_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyAddress" ADD CONSTRAINT "ProxyAddress_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Allowlist" ADD CONSTRAINT "Allowlist_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyFile" ADD CONSTRAINT "ProxyFile_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyFile" ADD CONSTRAINT "ProxyFile_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyService" ADD CONSTRAINT "ProxyService_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ProxyService" ADD CONSTRAINT "ProxyService_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
