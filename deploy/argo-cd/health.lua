-- Health of a FusionTraining for Argo CD; docs/operations.md says where it goes.
-- Read from the conditions: Failed is Degraded, stopped by its user is Suspended, ended well is Healthy.
local function condition(type)
  for _, candidate in ipairs((obj.status or {}).conditions or {}) do
    if candidate.type == type and candidate.status == "True" then
      return candidate
    end
  end
end

local function health(status, message)
  return {status = status, message = message or ""}
end

-- -1 by the definition's default: nobody has looked at it yet
if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return health("Progressing", "waiting for the operator to see this version")
end
local failed, suspended, complete = condition("Failed"), condition("Suspended"), condition("Complete")
if failed then
  return health("Degraded", failed.reason .. ": " .. (failed.message or ""))
elseif suspended then
  return health("Suspended", suspended.message)
elseif complete then
  return health("Healthy", complete.message)
end
return health("Progressing", (condition("Reconciling") or {}).message)
