-- CreateTable
CREATE TABLE "Client" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "nameKey" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "notes" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "statusSince" DATETIME NOT NULL,
    "expiresAt" DATETIME,
    "isProtected" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "createdBy" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "change" INTEGER NOT NULL,
    "lastUsedAt" DATETIME,
    "lastServiceId" TEXT,
    "lastProxyId" TEXT,
    "lastFrom" TEXT,
    "refused" INTEGER NOT NULL DEFAULT 0
);

-- CreateTable
CREATE TABLE "Credential" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "clientId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "nameType" TEXT NOT NULL,
    "nameValue" TEXT NOT NULL,
    "authorityId" TEXT,
    "certificateId" TEXT,
    "startsAt" DATETIME NOT NULL,
    "endsAt" DATETIME,
    "revokesAtEnd" BOOLEAN NOT NULL,
    "replacesId" TEXT,
    "createdAt" DATETIME NOT NULL,
    "createdBy" TEXT NOT NULL,
    "lastUsedAt" DATETIME,
    CONSTRAINT "Credential_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Credential_authorityId_fkey" FOREIGN KEY ("authorityId") REFERENCES "Authority" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "Credential_certificateId_fkey" FOREIGN KEY ("certificateId") REFERENCES "Certificate" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Service" (
    "id" TEXT NOT NULL PRIMARY KEY,
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
    "createdAt" DATETIME NOT NULL,
    "version" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "Grant" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "clientId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "paths" TEXT NOT NULL,
    "methods" TEXT NOT NULL,
    "startsAt" DATETIME NOT NULL,
    "endsAt" DATETIME,
    "createdAt" DATETIME NOT NULL,
    "createdBy" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    CONSTRAINT "Grant_clientId_fkey" FOREIGN KEY ("clientId") REFERENCES "Client" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Grant_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Proxy" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "header" TEXT NOT NULL,
    "tokenPrefix" TEXT NOT NULL,
    "tokenHash" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "createdBy" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "certificateSha256" TEXT,
    "lastSeenAt" DATETIME,
    "lastSeenFrom" TEXT
);

-- CreateTable
CREATE TABLE "ProxyAddress" (
    "proxyId" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "firstSeenAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME NOT NULL,

    PRIMARY KEY ("proxyId", "address"),
    CONSTRAINT "ProxyAddress_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Allowlist" (
    "serviceId" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "admitted" INTEGER NOT NULL,
    "unexpressed" INTEGER NOT NULL,
    "madeAt" DATETIME NOT NULL,

    PRIMARY KEY ("serviceId", "format"),
    CONSTRAINT "Allowlist_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ProxyFile" (
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "fetchedVersion" INTEGER NOT NULL,
    "fetchedAt" DATETIME NOT NULL,
    "liveVersion" INTEGER,
    "liveAt" DATETIME,

    PRIMARY KEY ("proxyId", "serviceId", "format"),
    CONSTRAINT "ProxyFile_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "ProxyFile_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ProxyService" (
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,

    PRIMARY KEY ("proxyId", "serviceId"),
    CONSTRAINT "ProxyService_proxyId_fkey" FOREIGN KEY ("proxyId") REFERENCES "Proxy" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "ProxyService_serviceId_fkey" FOREIGN KEY ("serviceId") REFERENCES "Service" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AccessHour" (
    "hour" DATETIME NOT NULL,
    "clientId" TEXT NOT NULL,
    "credentialId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "permitted" INTEGER NOT NULL,
    "refused" INTEGER NOT NULL,
    "lastAt" DATETIME NOT NULL,

    PRIMARY KEY ("clientId", "serviceId", "hour", "credentialId", "proxyId")
);

-- CreateTable
CREATE TABLE "Caller" (
    "sha256" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "displayName" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "issuerName" TEXT NOT NULL,
    "body" BLOB NOT NULL,
    "reason" TEXT NOT NULL,
    "firstSeenAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME NOT NULL,
    "count" INTEGER NOT NULL,

    PRIMARY KEY ("sha256", "serviceId")
);

-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Ground" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "auditSequence" INTEGER NOT NULL,
    "auditHead" TEXT NOT NULL,
    "configuration" INTEGER NOT NULL,
    "revocations" INTEGER NOT NULL DEFAULT 0,
    "access" INTEGER NOT NULL DEFAULT 0,
    "masterKeyCheck" TEXT NOT NULL
);
INSERT INTO "new_Ground" ("auditHead", "auditSequence", "configuration", "id", "masterKeyCheck", "revocations") SELECT "auditHead", "auditSequence", "configuration", "id", "masterKeyCheck", "revocations" FROM "Ground";
DROP TABLE "Ground";
ALTER TABLE "new_Ground" RENAME TO "Ground";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;

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
