using System.Globalization;
using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Client;

namespace Realtime.Cli.Publish;

/// <summary>Publishes events in their order, and tells the id of each.</summary>
internal sealed class PublishRun(CommandContext context, ConnectionSettings settings, string? key, string? producer)
{
    private long _published;
    private bool _isOutputGone;

    /// <summary>Publishes what a file holds, as it comes.</summary>
    /// <param name="file">Its path; - = standard input.</param>
    public async Task<int> RunAsync(string file)
    {
        await using Stream input = Open(file);
        return await RunAsync(DraftReader.ReadBatchesAsync(input));
    }

    /// <summary>Publishes events.</summary>
    public Task<int> RunAsync(IReadOnlyList<EventDraft> drafts) => RunAsync(Once(drafts));

    private static async IAsyncEnumerable<IReadOnlyList<EventDraft>> Once(IReadOnlyList<EventDraft> drafts)
    {
        await Task.CompletedTask;
        yield return drafts;
    }

    private static Stream Open(string file)
    {
        try
        {
            return file == "-" ? new DescriptorStream(Descriptor.StandardInput) : File.OpenRead(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The file '{file}' can't be read: {failure.Message}", ExitCodes.Usage);
        }
    }

    private async Task<int> RunAsync(IAsyncEnumerable<IReadOnlyList<EventDraft>> batches)
    {
        using var interrupts = new Interrupts();
        await using RealtimeClient client = ConnectionSettings.CreateClient(settings.ToOptions() with
        {
            Producer = producer is null ? null : new ProducerOptions { Id = producer },
        });
        try
        {
            await foreach (IReadOnlyList<EventDraft> batch in batches.WithCancellation(interrupts.Asked))
            {
                await PublishAsync(client, batch, interrupts.Asked);
            }

            context.Notices.Detail($"{_published} events are stored");
            return ExitCodes.Ok;
        }
        catch (OperationCanceledException) when (interrupts.Asked.IsCancellationRequested)
        {
            return interrupts.ExitCode;
        }
        catch (PublishException failure)
        {
            Tell(failure, failure.Results);
            return Failures.ExitCodeOf(failure);
        }
        catch (StaleProducerException stale)
        {
            Tell(stale, stale.Results);
            return Failures.ExitCodeOf(stale);
        }
    }

    private async Task PublishAsync(
        RealtimeClient client, IReadOnlyList<EventDraft> batch, CancellationToken cancellationToken)
    {
        EventDraft[] drafts = [.. batch];
        if (producer is not null && drafts.Any(static draft => draft.Key is not null))
        {
            throw new CliException(
                "An event has a `key`, and --producer numbers all: take one of them away.", ExitCodes.Usage);
        }

        for (int i = 0; i < drafts.Length && key is not null; i++)
        {
            drafts[i] = drafts[i] with
            {
                Key = drafts[i].Key ?? string.Create(
                    CultureInfo.InvariantCulture, $"{key}-{_published + i + 1}"),
            };
        }

        foreach (PublishResult result in await client.PublishAsync(drafts, cancellationToken))
        {
            Tell(result);
            _published++;
        }
    }

    private void Tell(PublishResult result)
    {
        if (context.Notices.IsQuiet || _isOutputGone)
        {
            return;
        }

        try
        {
            context.Output.WriteLine(
                result.IsDuplicate ? $"{result.Id?.ToString() ?? "-"} (stored before)" : $"{result.Id}");
        }
        catch (OutputGoneException)
        {
            // Nobody wants to know the ids (`| head`); the events are wanted all the same.
            _isOutputGone = true;
        }
    }

    private void Tell(RealtimeException failure, IReadOnlyList<PublishResult> results)
    {
        long number = _published;
        foreach (PublishResult result in results)
        {
            number++;
            if (result.IsStored)
            {
                Tell(result);
            }
            else
            {
                context.Notices.Detail($"event {number}: {result.Error.Message}");
            }
        }

        int stored = results.Count(result => result.IsStored);
        string count = string.Create(
            CultureInfo.InvariantCulture, $"{_published + stored} events are stored, those after them are not");
        context.Notices.Error($"{Failures.Describe(failure, settings.Url)} ({count})");
    }
}
