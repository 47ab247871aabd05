using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Tests.Chaos.Checking;

namespace Realtime.Tests.Chaos.Producers;

/// <summary>Publishes events on <c>WS /v1/publish</c>, several requests of single events and batches at a
/// time.</summary>
internal sealed class RawProducer(
    RawSocket socket, string name, EventMaker maker, Ledger ledger, Pauses pauses, Random random) : IChaosProducer
{
    private long _seq;

    public async Task RunAsync(Func<bool> isFinishing, CancellationToken stopping)
    {
        using (socket)
        {
            while (!isFinishing())
            {
                RawRequest[] requests =
                    [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Next(random.Next(1, 4)))];
                await socket.SendAsync(requests, stopping);
                await pauses.NextAsync(stopping);
            }
        }
    }

    private RawRequest Next(int count)
    {
        var events = new JsonArray();
        string[] keys = new string[count];
        for (int i = 0; i < count; i++)
        {
            (keys[i], EventFacts facts, JsonObject payload) = maker.Next();
            var e = new JsonObject
            {
                ["channel"] = facts.Channel,
                ["type"] = facts.Type,
                ["agent"] = facts.Agent,
                ["key"] = keys[i],
                ["payload"] = payload,
            };
            AddTo(e, "task", facts.Task);
            AddTo(e, "project", facts.Project);
            AddTo(e, "state_key", facts.StateKey);
            events.Add(e);
        }

        var message = new JsonObject { ["op"] = "publish", ["seq"] = ++_seq, ["events"] = events };
        return new RawRequest(_seq, message, answer => Take(answer, keys));
    }

    private bool Take(JsonElement answer, string[] keys)
    {
        bool isWhole = true;
        foreach ((JsonElement result, string key) in answer.GetProperty("results").EnumerateArray().Zip(keys))
        {
            if (result.TryGetProperty("id", out JsonElement id))
            {
                ledger.Acknowledged(key, id.GetString()!);
                continue;
            }

            isWhole = false;
            if (!result.GetProperty("error").GetProperty("retry").GetBoolean())
            {
                ledger.Violated($"{name} was refused {key} for good: {result.GetRawText()}");
            }
        }

        return isWhole;
    }

    private static void AddTo(JsonObject e, string name, string? value)
    {
        if (value is not null)
        {
            e[name] = value;
        }
    }
}
