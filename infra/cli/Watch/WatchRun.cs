using Realtime.Cli.Connections;
using Realtime.Cli.Terminals;
using Realtime.Client;
using Realtime.Protocol.Messages;

namespace Realtime.Cli.Watch;

/// <summary>Copies a terminal to standard output.</summary>
internal sealed class WatchRun(CommandContext context, ConnectionSettings settings, FirstConnection first)
{
    private static readonly TimeSpan WaitInterval = TimeSpan.FromMilliseconds(500);

    // What a program that was cut off may have left behind: colours, a hidden cursor, the other screen, mouse reports,
    // marked pastes, application keys.
    private static readonly byte[] PutBack =
        "\e[0m\e[?25h\e[?1049l\e[?1000l\e[?1002l\e[?1003l\e[?1006l\e[?2004l\e[?1l\e>"u8.ToArray();

    // Whoever does not read our output is not waited for at the very end.
    private static readonly TimeSpan PutBackPatience = TimeSpan.FromMilliseconds(200);

    private long _shown;

    public required string Task { get; init; }

    public required TerminalFrom From { get; init; }

    public required bool PassesExitCode { get; init; }

    public required bool WaitsForTerminal { get; init; }

    /// <summary>Runs it.</summary>
    public async Task<int> RunAsync()
    {
        using var interrupts = new Interrupts();
        bool isShown = LocalTerminal.Is(Descriptor.StandardOutput);
        using LocalTerminal? silent = isShown ? LocalTerminal.EnterSilent() : null;
        interrupts.Cleanup = () => PutBackAll(silent, isShown);
        try
        {
            await using RealtimeClient client = await first.ConnectAsync(context, settings, interrupts.Asked);
            return await WatchAsync(client, interrupts.Asked);
        }
        catch (OperationCanceledException) when (interrupts.Asked.IsCancellationRequested)
        {
            return interrupts.ExitCode;
        }
        catch (RealtimeException failure)
        {
            throw new CliException(Failures.Describe(failure, settings.Url), Failures.ExitCodeOf(failure));
        }
        finally
        {
            PutBackAll(silent, isShown);
        }
    }

    private void PutBackAll(LocalTerminal? silent, bool isShown)
    {
        if (isShown && _shown > 0 && Descriptor.Wait(
            Descriptor.StandardOutput, NativeTerminal.Writable, stop: null, PutBackPatience) == Readiness.Ready)
        {
            Descriptor.Write(Descriptor.StandardOutput, PutBack);
        }

        silent?.Dispose();
    }

    private async Task<int> WatchAsync(RealtimeClient client, CancellationToken interrupted)
    {
        bool isToldToWait = false;
        while (true)
        {
            try
            {
                return await ShowAsync(client, interrupted);
            }
            catch (RealtimeException absent)
                when (absent.Code == ErrorCodes.NotFound && WaitsForTerminal && _shown == 0)
            {
                if (!isToldToWait)
                {
                    context.Notices.Info($"task {Task} has no terminal yet; waiting for it");
                    isToldToWait = true;
                }
            }

            await System.Threading.Tasks.Task.Delay(WaitInterval, context.Clock, interrupted);
        }
    }

    private async Task<int> ShowAsync(RealtimeClient client, CancellationToken interrupted)
    {
        TerminalSubscription terminal = client.SubscribeTerminal(Task, new TerminalOptions { From = From });
        await foreach (TerminalItem item in terminal.WithCancellation(interrupted))
        {
            switch (item)
            {
                case TerminalBytesItem { Data: var data }:
                    Descriptor.Write(Descriptor.StandardOutput, data.Span);
                    _shown += data.Length;
                    break;
                case TerminalGapItem gap:
                    string missing = gap.Missing is { } count ? $"{count} bytes" : "some bytes";
                    context.Notices.Error(
                        $"{missing} of the terminal are gone ({GapReasons.NameOf(gap.Reason)}); "
                        + $"it goes on at {gap.ResumesAt}");
                    break;
                case TerminalEndItem { ExitCode: var exitCode }:
                    if (exitCode < 0)
                    {
                        // No program ends so: the log ends terminals whose producer is gone.
                        context.Notices.Info("the task is lost: its producer is gone, and nobody knows how it ended");
                    }

                    context.Notices.Detail($"the task ended with exit code {exitCode}");
                    return PassesExitCode ? ExitCodes.Of(exitCode) : ExitCodes.Ok;
            }
        }

        throw new CliException("The terminal broke off before its end.", ExitCodes.Failed);
    }
}
