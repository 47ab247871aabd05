using System.Text.Json;

namespace Realtime.Cli.Admin;

/// <summary>Answers of an edge as tables, and what is missing from them as notices.</summary>
internal sealed class AdminAnswers(TextWriter output, Notices notices)
{
    private static readonly string[] WorkerColumns =
    [
        "id", "state", "available", "connections", "requests", "load.connections", "breaker.state", "drain.left",
        "address", "reasons", "error",
    ];

    public void Workers(JsonElement answer) => Show(new AdminTable(WorkerColumns).Add(answer.GetProperty("workers")));

    public void Worker(JsonElement answer, bool isDrainTold = false)
    {
        var table = new AdminTable(WorkerColumns);
        table.AddRow(answer);
        Show(table);
        if (!isDrainTold)
        {
            Drain(answer);
        }
    }

    public void Edge(JsonElement answer, bool isDrainTold = false)
    {
        var table = new AdminTable(
            "edge", "state", "connections", "places.max", "requests", "workers.available", "workers.known",
            "certificate.not_after", "version", "started_at");
        table.AddRow(answer);
        Show(table);
        if (!isDrainTold)
        {
            Drain(answer);
        }
    }

    public void Connections(JsonElement answer)
    {
        Show(new AdminTable(
            "session", "kind", "tenant", "subject", "worker", "edge", "opened_at", "subscriptions", "behind",
            "unsent_messages", "last_heard_at").Add(answer.GetProperty("connections")));
        int shown = answer.GetProperty("connections").GetArrayLength();
        string more = answer.GetProperty("more").GetBoolean()
            ? $"; more by --after {AdminTable.TextOf(answer.GetProperty("connections")[shown - 1], "session")}"
            : string.Empty;
        notices.Info($"{shown} of {AdminTable.TextOf(answer, "total")}{more}");
        Missing(answer);
    }

    public void Disconnected(JsonElement answer)
    {
        output.WriteLine($"disconnected {AdminTable.TextOf(answer, "disconnected")}");
        Missing(answer);
    }

    public void Revoked(JsonElement answer)
    {
        output.WriteLine(
            $"revoked; disconnected {AdminTable.TextOf(answer, "disconnected")}; "
            + $"kept until {AdminTable.TextOf(answer, "until")}");
        if (!answer.GetProperty("stored").GetBoolean())
        {
            notices.Error(
                "the log is away: it holds on the workers that were reached, and on others once the log is back");
        }

        Undone(answer);
    }

    public void Unrevoked(JsonElement answer)
    {
        output.WriteLine(answer.GetProperty("undone").GetBoolean() ? "undone" : "nothing of that was revoked");
        Undone(answer);
    }

    public void Revocations(JsonElement answer)
    {
        Show(new AdminTable("id", "tenant", "subject", "token_id", "revoked_at", "until", "reason")
            .Add(answer.GetProperty("revocations")));
        int shown = answer.GetProperty("revocations").GetArrayLength();
        string more = answer.GetProperty("more").GetBoolean()
            ? $"; more by --after {AdminTable.TextOf(answer.GetProperty("revocations")[shown - 1], "id")}"
            : string.Empty;
        notices.Info($"{shown} of {AdminTable.TextOf(answer, "total")}{more}");
        Missing(answer);
    }

    public void Partitions(JsonElement answer)
    {
        Show(new AdminTable("partition", "tenants", "streams", "entries", "depth_max", "lag_max")
            .Add(answer.GetProperty("partitions")));
        notices.Info($"skew {AdminTable.TextOf(answer, "skew")}");
        Missing(answer);
    }

    public void Limits(JsonElement answer) => OfProcesses(answer, "limits", "process", "key", "limit", "used");

    public void Configuration(JsonElement answer) => OfProcesses(answer, "values", "process", "key", "value", "source");

    /// <summary>What the edge says of itself, then what each worker does.</summary>
    private void OfProcesses(JsonElement answer, string list, params string[] columns)
    {
        AdminTable table = new AdminTable(columns).Add(
            answer.GetProperty(list), ("process", AdminTable.TextOf(answer, "edge")));
        foreach (JsonElement worker in answer.GetProperty("workers").EnumerateArray())
        {
            if (worker.GetProperty("answer").TryGetProperty(list, out JsonElement its)
                && its.ValueKind == JsonValueKind.Array)
            {
                table.Add(its, ("process", AdminTable.TextOf(worker, "worker")));
            }
        }

        Show(table);
        Missing(answer);
    }

    private void Drain(JsonElement answer)
    {
        if (answer.TryGetProperty("drain", out JsonElement drain) && drain.ValueKind == JsonValueKind.Object)
        {
            notices.Info(DrainText.Of(answer));
        }
    }

    /// <summary>Workers that did not do what was ordered: they learn it from the log.</summary>
    private void Undone(JsonElement answer)
    {
        foreach (JsonElement worker in answer.GetProperty("workers").EnumerateArray())
        {
            if (worker.GetProperty("error").ValueKind == JsonValueKind.String)
            {
                notices.Error(
                    $"worker {AdminTable.TextOf(worker, "worker")} did not do it yet: "
                    + AdminTable.TextOf(worker, "error"));
            }
        }
    }

    private void Missing(JsonElement answer)
    {
        foreach (JsonElement worker in answer.GetProperty("unreachable").EnumerateArray())
        {
            notices.Error(
                $"worker {AdminTable.TextOf(worker, "worker")} did not answer: {AdminTable.TextOf(worker, "error")}");
        }
    }

    private void Show(AdminTable table) => table.Write(output);
}
