using System.Net;
using System.Net.Sockets;
using Realtime.Devhost.SignIn;
using Realtime.Hosting.Configuration;

namespace Realtime.Devhost;

/// <summary>One run: start, tell, wait for the signal, stop. Errors become a line that says what to do.</summary>
internal static class DevhostRun
{
    private const int ExitCodeFailed = 1;

    /// <summary>Runs until a signal; answers the exit code.</summary>
    public static async Task<int> RunAsync(DevhostOptions options)
    {
        TimeProvider time = TimeProvider.System;
        using var signals = new StopSignals(time);

        // Who waits for the file must not find that of an earlier run.
        if (options.ReadyFile is not null)
        {
            File.Delete(options.ReadyFile);
        }

        if (TakenPort(options) is { } taken)
        {
            return Fail(taken);
        }

        try
        {
            await using Devhost devhost = await Devhost.StartAsync(options, time, signals.Stopping);
            devhost.SignedIn += () => TellNextLink(devhost.Ready, options);
            Console.WriteLine(Banner.Write(devhost.Ready, options, devhost.DemoAgentIds, devhost.DemoTask));
            if (options.ReadyFile is not null)
            {
                devhost.Ready.Write(options.ReadyFile);
            }

            await WaitAsync(signals.Stopping);
            Console.WriteLine("Stopping.");
        }
        catch (OperationCanceledException) when (signals.Stopping.IsCancellationRequested)
        {
            // Asked to stop while it started.
        }
        catch (ConfigurationErrorException failure)
        {
            return Fail(failure.Message);
        }
        catch (Exception failure) when (failure is IOException or TimeoutException or UnauthorizedAccessException)
        {
            return Fail(TakenPort(options) ?? failure.Message);
        }
        finally
        {
            if (options.ReadyFile is not null)
            {
                File.Delete(options.ReadyFile);
            }
        }

        return 0;
    }

    private static void TellNextLink(ReadyFile ready, DevhostOptions options)
    {
        Console.WriteLine(SignInText.OfNext(ready.Page));
        try
        {
            if (options.ReadyFile is not null)
            {
                ready.Write(options.ReadyFile);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The ready file keeps the used link: {failure.Message}");
        }
    }

    // Asked before anything is started, so that the answer comes at once and names the option.
    private static string? TakenPort(DevhostOptions options)
    {
        foreach ((string option, int port) in (ReadOnlySpan<(string, int)>)
            [("--port", options.Port), ("--admin-port", options.AdminPort)])
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            }
            catch (SocketException failure)
            {
                return failure.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"Port {port} is taken by another process. "
                        + $"Choose another by {option}, or a free one by {option} 0."
                    : $"Port {port} cannot be used ({failure.Message}). Choose another by {option}.";
            }
        }

        return null;
    }

    private static async Task WaitAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = stopping.Register(stopped.SetResult);
        await stopped.Task;
    }

    private static int Fail(string message)
    {
        Console.Error.WriteLine(message);
        return ExitCodeFailed;
    }
}
