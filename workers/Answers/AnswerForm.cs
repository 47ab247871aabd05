namespace Realtime.Workers.Answers;

/// <summary>The forms in which an answer can be given. Keys and meaning are the same.</summary>
internal enum AnswerForm
{
    Json,
    MessagePack,
}
