-- Asks Countersign about a request, for HAProxy 2.6 or later:
--
--   global
--     setenv COUNTERSIGN_TOKEN_FILE /etc/haproxy/countersign/token
--     lua-load-per-thread /etc/haproxy/countersign/countersign.lua
--   frontend …
--     http-request lua.countersign <service> <name of an abstract socket that leads to the planes>
--
-- The answer is in variables of the transaction; nothing is let in or kept out here:
--
--   txn.countersign_status       what the plane answered: 200, 401, 403; 503 when none did; unset when this failed
--   txn.countersign_reason       why
--   txn.countersign_client_id    who it is; unset when nobody knows
--   txn.countersign_client_name  its name, percent-encoded
--   txn.countersign_scopes       what it may do there; unset when nothing is granted

-- HAProxy 2.6 hands no arguments to a script.
local token_file = os.getenv("COUNTERSIGN_TOKEN_FILE") or "COUNTERSIGN_TOKEN_FILE"

-- Read while HAProxy is root and not in its chroot.
local function read_token()
  local file, problem = io.open(token_file, "r")
  if file == nil then
    error("the file with the token cannot be read: " .. tostring(problem))
  end
  local token = file:read("l")
  file:close()
  if token == nil or not token:match("^csp_[%w_-]+$") then
    error(token_file .. " holds no token of a proxy")
  end
  return token
end

local authorization = { "Bearer " .. read_token() }

-- Longer than all tries that the socket's listener makes.
local PATIENCE_MS = 10000

local function first(headers, name)
  local values = headers and headers[name]
  return values and values[0]
end

core.register_action("countersign", { "http-req" }, function(txn, service, socket)
  local headers = {
    ["authorization"] = authorization,
    ["x-original-method"] = { txn.sf:method() },
    ["x-original-uri"] = { txn.sf:pathq() },
  }
  -- Also when a TLS session is resumed, where the certificate comes from the session.
  local certificate = txn.f:ssl_c_der()
  if certificate ~= nil and certificate ~= "" then
    headers["x-client-cert-der"] = { txn.c:base64(certificate) }
  end

  local answer = core.httpclient():get({
    url = "http://countersign/v1/decision/" .. service,
    headers = headers,
    dst = "abns@" .. socket,
    timeout = PATIENCE_MS,
  })

  local status = answer and answer.status or 0
  if status ~= 200 and status ~= 401 and status ~= 403 then
    status = 503
  end
  txn:set_var("txn.countersign_status", status)
  if answer == nil or status == 503 then
    return
  end
  for variable, header in pairs({
    ["txn.countersign_reason"] = "x-countersign-reason",
    ["txn.countersign_client_id"] = "x-countersign-client-id",
    ["txn.countersign_client_name"] = "x-countersign-client-name",
    ["txn.countersign_scopes"] = "x-countersign-scopes",
  }) do
    local value = first(answer.headers, header)
    if value ~= nil then
      txn:set_var(variable, value)
    end
  end
end, 2)
