using System.Text.Json;
using Realtime.Log;
using Realtime.Workers.Partitions;
using Realtime.Workers.Queries;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Internal;

/// <summary>
/// <c>/internal/partitions</c>: what each partition of the log holds, how far its slowest live reader is, and how far
/// this worker's tails are behind what they know of it.
/// </summary>
internal sealed class PartitionsEndpoint(IPartitionedLog log, TimeProvider clock, IServiceProvider services)
{
    // Below the time that an edge waits for all of it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public async Task ReadAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        string? tenant = query.ReadName("tenant");
        if (!await InternalAnswer.CheckAsync(context, query))
        {
            return;
        }

        ILookup<int, StreamTail> followed =
            (services.GetService<TailRegistry<StreamKey, StreamTail>>()?.All ?? [])
            .Where(one => tenant is null || one.Key.Tenant == tenant)
            .ToLookup(static one => one.Key.Partition, static one => one.Value);
        PartitionReport?[] reports = await DescribeAsync(tenant, context.RequestAborted);
        await InternalAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("partitions");
            for (int partition = 0; partition < reports.Length; partition++)
            {
                Write(json, partition, [.. followed[partition]], reports[partition]);
            }

            json.WriteEndArray();
            WriteNumber(json, "skew", PartitionSkew.Of([.. reports.OfType<PartitionReport>()]));
        });
    }

    // A log that is away is no reason to say nothing.
    private async Task<PartitionReport?[]> DescribeAsync(string? tenant, CancellationToken gone)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, gone);
        return await Task.WhenAll(Enumerable.Range(0, log.PartitionCount).Select(DescribeAsync));

        async Task<PartitionReport?> DescribeAsync(int partition)
        {
            try
            {
                return await log.DescribeAsync(partition, tenant, either.Token);
            }
            catch (Exception away) when (away is LogUnavailableException
                || (away is OperationCanceledException && !gone.IsCancellationRequested))
            {
                return null;
            }
        }
    }

    private static void Write(Utf8JsonWriter json, int partition, StreamTail[] tails, PartitionReport? report)
    {
        json.WriteStartObject();
        json.WriteNumber("partition", partition);
        json.WriteNumber("streams", tails.Length);
        WriteNumber(json, "entries", report?.Entries);
        WriteNumber(json, "bytes", report?.Bytes);
        WriteNumber(json, "depth_max", report?.Depth);
        json.WriteNumber("lag_max", tails.Length == 0 ? 0 : tails.Max(static tail => tail.Lag));
        WriteNumber(json, "tenants", report?.Streams);
        json.WriteBoolean("partial", report is not { IsPartial: false });
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
