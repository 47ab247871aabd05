using Realtime.Workers.Connections;

namespace Realtime.Workers.Drain;

// Whose connections it is about, as they come and go.
internal sealed partial class DrainRun
{
    // By who registers a connection, or by the start.
    private void Come(RegisteredConnection connection)
    {
        if (_edge is not null && connection.Edge != _edge)
        {
            return;
        }

        lock (_gate)
        {
            // Marked as gone before Go is called: it is out here, or Go takes it out.
            if (_isStopped || connection.IsGone || !_left.Add(connection))
            {
                return;
            }

            _connections++;
            if (_isOver)
            {
                _cut++;
            }
            else if (connection.IsTold)
            {
                _sent++; // By another drain that goes on, or by one that was undone.
            }
            else
            {
                _untold.Add(connection);
                _pace.More(Now, _deadlineAt, _untold.Count);
            }
        }

        if (_isOver)
        {
            CutAll([connection]);
        }

        _signal.Raise();
    }

    private void Go(RegisteredConnection connection)
    {
        lock (_gate)
        {
            if (!_left.Remove(connection))
            {
                return;
            }

            _untold.Remove(connection);
        }

        _signal.Raise();
    }
}
