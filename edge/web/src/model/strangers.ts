import type { AgentEvent } from '@realtime/client';
import type { AgentStore } from './agentStore';

/** So many of the newest messages are looked through for agents that have told nothing else. */
const MESSAGES_MAX = 500;
/** Patterns that one filter may have (PROTOCOL.md section 14). */
const AGENTS_MAX = 64;
const EVENTS_MAX = 1_000;

export interface NewestSource {
  latest(query: { channels?: 'messages'; agents?: string[]; last: number }): Promise<{ events: AgentEvent[] }>;
}

/**
 * Agents that are known by what they said alone: no value tells of them, so a snapshot lacks them. All that they told
 * is read, so that one whose values were deleted since does not come back.
 */
export async function learnStrangers(source: NewestSource, agents: AgentStore): Promise<void> {
  const { events: messages } = await source.latest({ channels: 'messages', last: MESSAGES_MAX });
  const names = new Set<string>();
  for (const { agent } of messages) {
    if (agent !== undefined && !agents.get(agent) && names.size < AGENTS_MAX) names.add(agent);
  }
  if (names.size === 0) return;
  const { events } = await source.latest({ agents: [...names], last: EVENTS_MAX });
  agents.learnAgents(events);
}
