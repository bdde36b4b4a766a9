# Where deploy/setup puts what it builds: holdspace_deps.
if(DEFINED ENV{HOLDSPACE_DEPS})
  set(holdspace_deps "$ENV{HOLDSPACE_DEPS}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(holdspace_deps "$ENV{XDG_CACHE_HOME}/holdspace")
else()
  set(holdspace_deps "$ENV{HOME}/.cache/holdspace")
endif()
