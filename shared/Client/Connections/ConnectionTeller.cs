using Microsoft.Extensions.Logging;

namespace Realtime.Client.Connections;

/// <summary>The connection's state, and all who are told of it: one change after the other, by the connection's
/// loop.</summary>
internal sealed class ConnectionTeller(ILogger logger)
{
    private volatile ConnectionState _state = new() { Status = ConnectionStatus.Idle };
    private TaskCompletionSource _changed = NewChange();

    public ConnectionState State => _state;

    public ServerLimits? Limits { get; set; }

    public TimeSpan? Heartbeat { get; set; }

    public Action<ConnectionState>? StateChanged { get; set; }

    public Action<ServerNotice>? Noticed { get; set; }

    public void Tell(ConnectionState state)
    {
        _state = state;
        Write(state);
        Interlocked.Exchange(ref _changed, NewChange()).SetResult();
        Call(StateChanged, state);
    }

    public void Tell(ServerNotice notice)
    {
        ConnectionLog.Noticed(logger, notice.Code);
        Call(Noticed, notice);
    }

    /// <summary>Waits until the connection stands, or is closed.</summary>
    public async Task<ConnectionState> SettledAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = Volatile.Read(ref _changed).Task;
            ConnectionState state = _state;
            if (state.Status is ConnectionStatus.Connected or ConnectionStatus.Closed)
            {
                return state;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Calls a handler of the application, whose faults are not the connection's.</summary>
    public void Call<T>(Action<T>? handler, T argument)
    {
        try
        {
            handler?.Invoke(argument);
        }
        catch (Exception failure)
        {
            ConnectionLog.HandlerFailed(logger, failure);
        }
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Write(ConnectionState state)
    {
        switch (state.Status)
        {
            case ConnectionStatus.Connecting:
                ConnectionLog.Connecting(logger, state.Attempt);
                break;
            case ConnectionStatus.Connected:
                ConnectionLog.Connected(logger);
                break;
            case ConnectionStatus.Waiting:
                ConnectionLog.Waiting(logger, state.Reason, state.CloseCode, state.Attempt, state.Delay);
                break;
            case ConnectionStatus.Closed when state.Error is null:
                ConnectionLog.ClosedByApplication(logger);
                break;
            case ConnectionStatus.Closed:
                ConnectionLog.Closed(logger, state.Error.Code, state.CloseCode);
                break;
        }
    }
}
