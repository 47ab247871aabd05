/** What the address names: `#/agents/<agent>` and `#/agents/<agent>/tasks/<task>`. */
export interface Route {
  agent?: string;
  task?: string;
}

const PATTERN = /^#\/agents\/([^/]+)(?:\/tasks\/([^/]+))?\/?$/;

export function parseRoute(hash: string): Route {
  const parts = PATTERN.exec(hash);
  if (!parts) return {};
  try {
    return {
      agent: decodeURIComponent(parts[1]!),
      task: parts[2] === undefined ? undefined : decodeURIComponent(parts[2]),
    };
  } catch {
    return {}; // a percent sign that is none
  }
}

export function hashOf(route: Route): string {
  if (route.agent === undefined) return '#/';
  const agent = `#/agents/${encodeURIComponent(route.agent)}`;
  return route.task === undefined ? agent : `${agent}/tasks/${encodeURIComponent(route.task)}`;
}
