namespace Realtime.Tests.Chaos.Checking;

/// <summary>What a client wants, matched by the rule of PROTOCOL.md section 6 and by no code of the product.</summary>
internal sealed record ChaosFilter
{
    public IReadOnlyList<string>? Channels { get; init; }

    public IReadOnlyList<string>? Agents { get; init; }

    public IReadOnlyList<string>? Tasks { get; init; }

    public IReadOnlyList<string>? Projects { get; init; }

    public IReadOnlyList<string>? Types { get; init; }

    public bool Matches(EventFacts e) =>
        (Channels is null || Channels.Contains(e.Channel))
        && Matches(Agents, e.Agent) && Matches(Tasks, e.Task) && Matches(Projects, e.Project)
        && Matches(Types, e.Type);

    public override string ToString() => string.Join(' ', new[]
    {
        Show("channels", Channels), Show("agents", Agents), Show("tasks", Tasks), Show("projects", Projects),
        Show("types", Types),
    }.Where(part => part.Length > 0)) is { Length: > 0 } text ? text : "all";

    private static bool Matches(IReadOnlyList<string>? patterns, string? name) =>
        patterns is null || (name is not null && patterns.Any(pattern => pattern.EndsWith('*')
            ? name.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : name == pattern));

    private static string Show(string name, IReadOnlyList<string>? list) =>
        list is null ? string.Empty : $"{name}={string.Join(',', list)}";
}
