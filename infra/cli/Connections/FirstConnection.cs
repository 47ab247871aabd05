using System.CommandLine;
using Realtime.Cli.Arguments;
using Realtime.Client;

namespace Realtime.Cli.Connections;

/// <summary>
/// The first connection must stand within a time, so that a wrong address is found at once; later ones are made anew
/// for as long as it takes.
/// </summary>
internal sealed class FirstConnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Option<TimeSpan> _timeout = Flag.OfDuration(
        "--connect-timeout", "How long to try for the first connection; later ones are tried for ever.", Patience);

    /// <summary>Gives a command the option.</summary>
    public void AddTo(Command command) => command.Add(_timeout);

    /// <summary>Makes a client and connects it.</summary>
    /// <exception cref="CliException">There is no connection.</exception>
    public async Task<RealtimeClient> ConnectAsync(
        CommandContext context, ConnectionSettings settings, CancellationToken cancellationToken)
    {
        RealtimeClient client = ConnectionSettings.CreateClient(settings.ToOptions());
        ConnectionState last = client.State;
        bool stood = false;
        using var late = new CancellationTokenSource(Flag.ValueOr(context.Parsed, _timeout, Patience), context.Clock);
        client.StateChanged += (_, state) =>
        {
            last = state.Status == ConnectionStatus.Waiting ? state : last;
            stood = Tell(context.Notices, settings.Url, state, stood);
            if (!stood && state.Error is { } error && Failures.IsAboutCertificate(error))
            {
                // No further attempt would be answered by another certificate.
                _ = late.CancelAsync();
            }
        };
        client.NoticeReceived += (_, notice) => context.Notices.Info($"{notice.Code}: {notice.Detail}");
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await client.ConnectAsync(ended.Token);
            return client;
        }
        catch (Exception failure)
        {
            await client.DisposeAsync();
            switch (failure)
            {
                case RealtimeException refusal:
                    throw Failed(refusal, settings.Url);
                case OperationCanceledException when !cancellationToken.IsCancellationRequested:
                    throw Failed(
                        last.Error ?? new RealtimeException(ClientErrorCodes.Timeout, "No answer.", retry: true),
                        settings.Url);
                default:
                    throw;
            }
        }
    }

    private static CliException Failed(RealtimeException failure, Uri url)
    {
        int code = Failures.ExitCodeOf(failure);
        return new CliException(Failures.Describe(failure, url), code == ExitCodes.Failed ? ExitCodes.Refused : code);
    }

    // Whether the connection stands, or stood before and is being made anew.
    private static bool Tell(Notices notices, Uri url, ConnectionState state, bool stood)
    {
        switch (state.Status)
        {
            case ConnectionStatus.Connected:
                if (stood)
                {
                    notices.Info("connected again");
                }

                return true;
            case ConnectionStatus.Waiting when state.Attempt <= 1 && stood
                && state.Reason == ConnectionReasons.Unauthorized:
                notices.Info(
                    $"the connection to {url.Authority} was ended, since its token is not good any more: "
                    + $"{state.Error?.Message} It is tried once with the token as it is now");
                return stood;
            case ConnectionStatus.Waiting when state.Attempt <= 1 && stood:
                notices.Info($"the connection to {url.Authority} is gone ({state.Reason}); it is made anew");
                return stood;
            case ConnectionStatus.Waiting:
                notices.Detail($"attempt {state.Attempt} in {state.Delay.TotalSeconds:0.0} s: {state.Error?.Message}");
                return stood;
            default:
                return stood;
        }
    }
}
