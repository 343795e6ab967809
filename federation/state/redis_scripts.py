"""The scripts of a `federation.state.redis_state.RedisState`. Redis runs each as one step, between those of all other clients.

Every script first requires the identity that the state had when it was opened, and answers `ANOTHER` where it is not there: a server that
was emptied, or that came back without what it had, would take every used token again.
"""

from __future__ import annotations

from typing import Final

STATE: Final = "federation:state"
"""Format and identity of the state."""
USED: Final = "federation:used"
"""Sorted set of the used tokens by their ends."""
FORGOTTEN: Final = "federation:forgotten"
"""Hash of the latest end of a deleted record, for each hour."""
SPENT: Final = "federation:spent"
"""Hash of the last time step of each MFA device."""
EXCHANGED: Final = "federation:exchanged"
"""Set of the exchanged trade-in tokens."""
KEYS: Final = (STATE, USED, FORGOTTEN, SPENT, EXCHANGED)
"""The keys in the order in which every script gets them."""
SWEEP_ENTRIES: Final = 256
"""Most records that one call deletes, so that no login waits for the deletion of all."""
ANOTHER: Final = -1

_KNOWN: Final = f"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {ANOTHER} end
"""
# A mark is written before the records that it stands for are deleted: where memory is full the script ends between the two. Ends are
# compared as numbers, which are exact up to 2^53, and written as the text that Redis or the caller gave, which Lua would round.
USE: Final = f"""{_KNOWN}
local token, ends, at, hour = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local ended = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', at, 'WITHSCORES', 'LIMIT', 0, {SWEEP_ENTRIES})
for i = 2, #ended, 2 do
    local of = string.format('%.0f', math.floor(tonumber(ended[i]) / tonumber(ARGV[6])))
    local mark = redis.call('HGET', KEYS[3], of)
    if not mark or tonumber(mark) < tonumber(ended[i]) then redis.call('HSET', KEYS[3], of, ended[i]) end
end
for i = 1, #ended, 2 do redis.call('ZREM', KEYS[2], ended[i]) end
local mark = redis.call('HGET', KEYS[3], hour)
if mark and tonumber(ends) <= tonumber(mark) then return 0 end
return redis.call('ZADD', KEYS[2], 'NX', ends, token)
"""
MARKED: Final = f"""{_KNOWN}
local mark = redis.call('HGET', KEYS[3], ARGV[3])
if mark and tonumber(ARGV[2]) <= tonumber(mark) then return 1 end
return 0
"""
SPEND: Final = f"""{_KNOWN}
local last = redis.call('HGET', KEYS[4], ARGV[2])
if last and tonumber(ARGV[3]) <= tonumber(last) then return 0 end
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3])
return 1
"""
EXCHANGE: Final = f"""{_KNOWN}
return redis.call('SADD', KEYS[5], ARGV[2])
"""
FORGET: Final = f"""{_KNOWN}
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4], KEYS[5])
return 1
"""
COUNT: Final = f"""{_KNOWN}
return redis.call('ZCARD', KEYS[2])
"""
